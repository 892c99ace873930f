/** localStorage, or undefined on the server and where the browser forbids it. */
export function browserStorage(): Storage | undefined {
  try {
    return typeof window === "undefined" ? undefined : window.localStorage;
  } catch {
    return undefined;
  }
}

/** What the keys begin with under which something of one user is stored. */
export const keyPrefix = (kind: "change" | "removed" | "draft", userId: string): string =>
  `tend:${kind}:${userId}:`;
