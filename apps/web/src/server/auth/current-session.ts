import type { User } from "@tend/contracts";
import { headers } from "next/headers";
import { readSession } from "./better-auth.ts";
import { type UserId, verifiedUserId } from "./user-id.ts";

interface CurrentSession {
  readonly id: string;
  readonly user: User & { readonly id: UserId };
}

/** The session whose cookie came with this page's request, or null. For server components. */
export async function currentSession(): Promise<CurrentSession | null> {
  const requestHeaders = await headers();
  // A stranger's page does not wait until Better Auth is loaded.
  const found = requestHeaders.has("Cookie") ? await readSession(requestHeaders) : null;
  if (!found) return null;
  const { id, name, email } = found.user;
  return { id: found.session.id, user: { id: verifiedUserId(id), name, email } };
}

/** The user of that session, or null. */
export const currentUser = async (): Promise<CurrentSession["user"] | null> =>
  (await currentSession())?.user ?? null;
