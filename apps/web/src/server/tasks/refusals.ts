import { dueFaults, etagOf, type Fault, type Task, type TaskPatch } from "@tend/contracts";
import { isForeignKeyViolation, Prisma } from "@tend/db";
import { invalidToken } from "#server/auth/jwt.ts";
import type { UserId } from "#server/auth/user-id.ts";
import { database } from "#server/database.ts";
import { env } from "#server/env.ts";
import { ProblemError } from "#server/http/problem.ts";

const { sql } = Prisma;

/** No user of ours has a longer id, and no index could hold much more. */
const longestUserId = 255;

/** Runs what writes rows of this user. @throws ProblemError unknown_user where there is none. */
export async function asExistingUser<T>(userId: UserId, run: () => Promise<T>): Promise<T> {
  if (userId.length > longestUserId) throw unknownUserError();
  return run().catch((error: unknown) => {
    throw isForeignKeyViolation(error) ? unknownUserError() : error;
  });
}

export const unknownUserError = () =>
  new ProblemError("unknown_user", { headers: { "WWW-Authenticate": invalidToken } });

export const foreignTaskError = () =>
  new ProblemError("forbidden", { detail: "This task belongs to another user." });

/** The token of a deleted account lives on until it expires, but opens nothing: it is 401. */
export async function assertNotErased(userId: UserId): Promise<void> {
  const erased = await database().$queryRaw<unknown[]>(
    sql`SELECT FROM erased_users WHERE id = ${userId}`,
  );
  if (erased.length > 0) throw unknownUserError();
}

export const quotaExceededError = () => {
  const most = env().TASKS_QUOTA.toLocaleString("en");
  return new ProblemError("quota_exceeded", {
    detail: `Nothing was changed. You have ${most} tasks, those in the trash among them, and an account may hold no more. Delete some for good, then send the request again.`,
  });
};

/** T-7: shows the task as it is now. */
export const throwPreconditionFailed = (task: Task): never => {
  throw new ProblemError("precondition_failed", { task, headers: { ETag: etagOf(task) } });
};

/** T-16: refuses a time for a task without a day, and a zone for one without a time. */
export function assertDueFields(change: TaskPatch, task: Task, at: Fault["path"]): void {
  const errors = dueFaults(change, task).map((fault) => ({
    ...fault,
    path: [...at, ...fault.path],
  }));
  if (errors.length > 0) throw new ProblemError("validation_failed", { errors });
}
