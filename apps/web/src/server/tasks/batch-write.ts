import { isDeepStrictEqual } from "node:util";
import type { Task } from "@tend/contracts";
import { Prisma } from "@tend/db";
import type { UserId } from "#server/auth/user-id.ts";
import type { Connection } from "#server/database.ts";
import type { BatchTasks } from "./batch-operations.ts";
import { rowColumns, rowTypes, savedRest, savedText, textOf, withoutText } from "./columns.ts";
import { insertTombstones } from "./sql.ts";

const { sql, empty } = Prisma;

/** A task as it is to be stored, with the number of its change. */
type Saved = Task & { readonly change: number };

/** Writes what the operations left, many tasks in each statement; `before`: the last change number. */
export async function writeBatch(
  connection: Connection,
  { owner, byId, stored, tombstones, touched }: BatchTasks,
  before: bigint,
): Promise<void> {
  const numbered = [...touched].map((id, index) => ({ id, change: Number(before) + index + 1 }));
  const saved = numbered.flatMap(({ id, change }): Saved[] => {
    const task = byId.get(id);
    return task ? [{ ...task, change }] : [];
  });
  const gone = numbered.flatMap(({ id, change }) => {
    const version = tombstones.get(id);
    return version === undefined ? [] : [{ id, version, change }];
  });
  for (const some of portions(saved.filter(({ id }) => !stored.has(id)))) {
    await insert(connection, owner, some);
  }
  const present = saved.flatMap((task) => {
    const known = stored.get(task.id);
    return known ? [{ task, hasText: !isDeepStrictEqual(textOf(task), textOf(known)) }] : [];
  });
  for (const withText of [true, false]) {
    const those = present.filter(({ hasText }) => hasText === withText).map(({ task }) => task);
    for (const some of portions(those)) await update(connection, owner, some, withText);
  }
  if (gone.length > 0) {
    await connection.$executeRaw(sql`
      WITH gone AS (
        DELETE FROM tasks
        WHERE owner_user_id = ${owner} AND id = ANY(${gone.map(({ id }) => id)}::uuid[]))
      ${insertTombstones(
        owner,
        sql`SELECT id, version, change
          FROM jsonb_to_recordset(${JSON.stringify(gone)}::jsonb) AS rows (id uuid, version int, change bigint)`,
      )}`);
  }
}

/** Letters of text whose words one statement can enter into the index well within its time. */
const lettersAtOnce = 100_000;

/** Splits the tasks, in order, into portions that one statement can index in time. */
function* portions(tasks: readonly Saved[]): Generator<readonly Saved[]> {
  let portion: Saved[] = [];
  let letters = 0;
  for (const task of tasks) {
    portion.push(task);
    letters += task.title.length + (task.description?.length ?? 0);
    if (letters < lettersAtOnce) continue;
    yield portion;
    portion = [];
    letters = 0;
  }
  if (portion.length > 0) yield portion;
}

/** These tasks as rows of SQL named `saved`; a column that they leave out is NULL. */
const asSaved = (tasks: readonly Partial<Saved>[]) =>
  sql`jsonb_to_recordset(${JSON.stringify(tasks)}::jsonb) AS saved (${rowTypes})`;

async function insert(connection: Connection, owner: UserId, tasks: readonly Saved[]) {
  await connection.$executeRaw(sql`
    WITH unburied AS (
      DELETE FROM task_tombstones
      WHERE owner_user_id = ${owner} AND id = ANY(${tasks.map(({ id }) => id)}::uuid[]))
    INSERT INTO tasks (owner_user_id, ${rowColumns})
    SELECT ${owner}, ${rowColumns}
    FROM ${asSaved(tasks)}`);
}

/** Long texts travel and are stored again only where they changed. */
async function update(
  connection: Connection,
  owner: UserId,
  tasks: readonly Saved[],
  withText: boolean,
) {
  const rows = withText ? tasks : tasks.map(withoutText);
  await connection.$executeRaw(sql`
    UPDATE tasks SET ${withText ? sql`${savedText},` : empty} ${savedRest}
    FROM ${asSaved(rows)}
    WHERE tasks.owner_user_id = ${owner} AND tasks.id = saved.id
      AND tasks.id = ANY(${tasks.map(({ id }) => id)}::uuid[])`);
}
