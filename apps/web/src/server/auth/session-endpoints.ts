import { SessionChoice } from "@tend/contracts";
import type { BetterAuthPlugin } from "better-auth";
import { createAuthEndpoint, sensitiveSessionMiddleware } from "better-auth/api";
import { listSessions, revokeOtherSessions, revokeSession } from "./sessions.ts";
import { verifiedUserId } from "./user-id.ts";

const use = [sensitiveSessionMiddleware];

/**
 * Replaces Better Auth's own three endpoints, which name a session by its token, list none a day
 * after its sign-in, and end no more than a hundred. Its checks of the origin, the session and the
 * rate hold here as well.
 */
export const sessionEndpoints = {
  id: "session-endpoints",
  endpoints: {
    listSessions: createAuthEndpoint("/list-sessions", { method: "GET", use }, async (ctx) => {
      const { user, session } = ctx.context.session;
      return ctx.json(await listSessions(verifiedUserId(user.id), session.id));
    }),
    revokeSession: createAuthEndpoint(
      "/revoke-session",
      { method: "POST", use, body: SessionChoice },
      async (ctx) => {
        await revokeSession(verifiedUserId(ctx.context.session.user.id), ctx.body.id);
        return ctx.json({ status: true });
      },
    ),
    revokeOtherSessions: createAuthEndpoint(
      "/revoke-other-sessions",
      { method: "POST", use },
      async (ctx) => {
        const { user, session } = ctx.context.session;
        await revokeOtherSessions(verifiedUserId(user.id), session.id);
        return ctx.json({ status: true });
      },
    ),
  },
} satisfies BetterAuthPlugin;
