import { vi } from "vitest";
import { database } from "#server/database.ts";
import { hungAfter } from "../../hung.ts";

/** Everything that is stored of these users' tasks. */
export const storedTasks = (...owners: readonly { id: string }[]) =>
  database().tasks.findMany({
    where: { owner_user_id: { in: owners.map(({ id }) => id) } },
    orderBy: [{ owner_user_id: "asc" }, { id: "asc" }],
  });

/** Tells the planner what was stored. Tried again, since autovacuum may be at the same of itself. */
export const analyzeTasks = () =>
  vi.waitFor(async () => database().$executeRaw`ANALYZE tasks`, {
    timeout: hungAfter,
    interval: 100,
  });
