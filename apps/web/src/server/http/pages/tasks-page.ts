import type { Task, TaskQuery, TaskStatus } from "@tend/contracts";
import type { UserId } from "#server/auth/user-id.ts";
import { cursorAt, lastChangeOf } from "#server/tasks/changes.ts";
import { listTasks } from "#server/tasks/list.ts";
import { countTasks } from "#server/tasks/tasks.ts";
import { parseJson } from "../api-request.ts";
import { FairQueue } from "../limits/fair-queue.ts";
import { countRequest } from "../limits/rate-limit.ts";

/** Gives pages a part of this process's database connections. */
const queue = new FairQueue(4);

/** What a page asks for: the first of a list. */
type First = Omit<TaskQuery, "cursor">;

/** What a page shows of a user's tasks. */
interface TasksPage {
  readonly tasks: readonly Task[];
  /** Whether these are all tasks of the user. */
  readonly complete: boolean;
  readonly counts: Awaited<ReturnType<typeof countTasks>>;
  /** T-9: the place in the feed of changes from which nothing is missed that the tasks lack. */
  readonly cursor: string;
}

/** How many tasks there are, for a page that shows no more of them. @throws as `readTasksPage`. */
export async function countTasksForPage(userId: UserId): Promise<TasksPage["counts"]> {
  countRequest(userId, {});
  return queue.run(userId, () => countTasks(userId));
}

/**
 * The whole list where it is short; else the first page of what is asked for. A page counts as a
 * request of its user, and waits for its turn as one (T-13, C-6).
 *
 * @throws ProblemError too_many_requests or overloaded.
 */
export async function readTasksPage(
  userId: UserId,
  { status, sort, order, limit, ...found }: First,
): Promise<TasksPage> {
  countRequest(userId, {});
  const list = (status: TaskStatus, more = {}) =>
    queue.run(userId, () => listTasks(userId, { status, sort, order, limit, ...more }));
  // The cursor comes first: what changes during the reading is told again by the feed.
  const lastChange = await queue.run(userId, () => lastChangeOf(userId));
  const [all, counts] = await Promise.all([
    list("all"),
    queue.run(userId, () => countTasks(userId)),
  ]);
  const complete = all.next === null;
  const isAll = status === "trashed" || (status === "all" && Object.keys(found).length === 0);
  const { body } = complete || isAll ? all : await list(status, found);
  const cursor = cursorAt(userId, lastChange);
  return { tasks: parseJson(body), complete, counts, cursor };
}
