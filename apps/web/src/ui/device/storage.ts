/** localStorage, or undefined on the server and where the browser forbids it. */
export function browserStorage(): Storage | undefined {
  try {
    return typeof window === "undefined" ? undefined : window.localStorage;
  } catch {
    return undefined;
  }
}

/** The prefix of the storage keys for one kind of data of one user. */
export const keyPrefix = (
  kind: "change" | "removed" | "draft" | "person",
  userId: string,
): string => `tend:${kind}:${userId}:`;
