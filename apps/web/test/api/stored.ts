import { database } from "#server/database.ts";

/** Everything that is stored of these users' tasks. */
export const storedTasks = (...owners: readonly { id: string }[]) =>
  database().tasks.findMany({
    where: { owner_user_id: { in: owners.map(({ id }) => id) } },
    orderBy: [{ owner_user_id: "asc" }, { id: "asc" }],
  });
