/** localStorage, or undefined on the server and where the browser forbids it. */
export function browserStorage(): Storage | undefined {
  try {
    return typeof window === "undefined" ? undefined : window.localStorage;
  } catch {
    return undefined;
  }
}

/** What the keys begin with under which something of one user is stored. */
export const keyPrefix = (kind: "change" | "draft", userId: string): string =>
  `tend:${kind}:${userId}:`;

/** Removes everything that this browser stores of a user. */
export function forgetUser(storage: Storage | undefined, userId: string): void {
  if (!storage) return;
  const prefixes = [keyPrefix("change", userId), keyPrefix("draft", userId)];
  for (const key of Object.keys(storage)) {
    if (prefixes.some((prefix) => key.startsWith(prefix))) storage.removeItem(key);
  }
}
