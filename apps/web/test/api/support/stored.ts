import { vi } from "vitest";
import { database } from "#server/database.ts";
import { hungAfter } from "../../hung.ts";

/** Everything that is stored of these users' tasks. */
export const storedTasks = (...owners: readonly { id: string }[]) =>
  database().tasks.findMany({
    where: { owner_user_id: { in: owners.map(({ id }) => id) } },
    orderBy: [{ owner_user_id: "asc" }, { id: "asc" }],
  });

/** Updates the planner's statistics. Repeated where autovacuum is at the same. */
export const analyzeTasks = () =>
  vi.waitFor(async () => database().$executeRaw`ANALYZE tasks`, {
    timeout: hungAfter,
    interval: 100,
  });
