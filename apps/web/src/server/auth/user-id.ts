declare const verified: unique symbol;

/** The id of a user whom authentication has verified. Every function on tasks demands one. */
export type UserId = string & { readonly [verified]: true };

/**
 * Makes a UserId: for `jwt.ts`, `current-session.ts` and `session-endpoints.ts` alone, after they
 * have verified the caller.
 */
export const verifiedUserId = (id: string): UserId => id as UserId;
