import type { User } from "@tend/contracts";
import { headers } from "next/headers";
import { readSession } from "./auth.ts";
import { type UserId, verifiedUserId } from "./user-id.ts";

/** The user whose session cookie came with this page's request, or null. For server components. */
export async function currentUser(): Promise<(User & { readonly id: UserId }) | null> {
  const asked = await headers();
  // A stranger's page does not wait until Better Auth is loaded.
  const session = asked.has("Cookie") ? await readSession(asked) : null;
  if (!session) return null;
  const { id, name, email } = session.user;
  return { id: verifiedUserId(id), name, email };
}
