import { connect } from "@tend/db";
import { explain, recordStatements } from "../api/support/statements.ts";
import { makeGrowing, withClient } from "./scene.ts";

/** What one statement touches and through which indexes, while one user has so many tasks. */
export interface Growth {
  readonly operation: string;
  readonly tasks: number;
  /** Pages of 8 kB. */
  readonly pages: number;
  readonly indexes: readonly string[];
  /** Whether it reads all tasks of everybody. */
  readonly scans: boolean;
}

/** EXPLAIN of what the app sends, for one user with more and more tasks; without a clock. */
export const measureGrowth = (
  environment: { DATABASE_URL: string; BETTER_AUTH_SECRET: string; BETTER_AUTH_URL: string },
  sizes: readonly number[],
  progress: (text: string) => void,
): Promise<Growth[]> =>
  withClient(environment.DATABASE_URL, async (client) => {
    // The app's modules read the environment when they are first used.
    Object.assign(process.env, environment);
    const { listTasks } = await import("#server/tasks/list.ts");
    const { completeTask, createTask, getTask } = await import("#server/tasks/tasks.ts");
    const { parseJson } = await import("#server/http/api-request.ts");
    const { listChanges } = await import("#server/tasks/changes.ts");
    const { verifiedUserId } = await import("#server/auth/user-id.ts");
    const database = connect(environment.DATABASE_URL);
    const statements = recordStatements(database);
    const measured: Growth[] = [];
    try {
      const { id, growTo } = await makeGrowing(client, "growing");
      // No request is authenticated here: the user is the one that the bench has made.
      const user = verifiedUserId(id);
      for (const tasks of sizes) {
        progress(`Growing to ${tasks} tasks of one user …`);
        await growTo(tasks);
        const page = { status: "all", sort: "created", limit: 20 } as const;
        const some = await listTasks(user, page);
        const task = parseJson(some.body).at(-1)?.id ?? "";
        // Far into the list: as many pages of 20 as 1,000, or the last.
        let late = some;
        for (let number = 2; number < Math.min(1_000, tasks / 20); number += 25) {
          const far = await listTasks(user, { ...page, limit: 500, cursor: late.next ?? "" });
          if (far.next) late = far;
        }
        const { body: change } = await listChanges(user, { limit: 20 });
        const asked: [string, () => Promise<unknown>][] = [
          ["list, page 1", () => listTasks(user, page)],
          [
            "list, page 1,000 or the last",
            () => listTasks(user, { ...page, cursor: late.next ?? "" }),
          ],
          ["list by title", () => listTasks(user, { ...page, sort: "title" })],
          ["search", () => listTasks(user, { ...page, q: `${tasks}` })],
          ["get", () => getTask(user, task)],
          ["changes", () => listChanges(user, { limit: 20, cursor: change.next_cursor })],
          ["create", () => createTask(user, { title: "One more" })],
          ["toggle", () => completeTask(user, task, undefined, undefined)],
        ];
        for (const [operation, ask] of asked) {
          const before = statements.length;
          await ask();
          const { nodes, pages } = await explain(database, statements[before]);
          const indexes = nodes.flatMap((node) => node["Index Name"] ?? []);
          const scans = nodes.some(
            (node) => node["Node Type"] === "Seq Scan" && node["Relation Name"] === "tasks",
          );
          measured.push({ operation, tasks, pages, indexes: [...new Set(indexes)], scans });
        }
      }
    } finally {
      await database.$disconnect();
    }
    return measured;
  });
