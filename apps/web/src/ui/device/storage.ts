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
  kind: "change" | "removed" | "draft" | "person" | "email" | "over",
  userId: string,
): string => `tend:${kind}:${userId}:`;

/** The user to whom a key belongs, if it is one of ours and belongs to one. */
export function ownerOfKey(key: string): string | undefined {
  const [program, , owner] = key.split(":");
  return program === "tend" ? owner : undefined;
}
