import type { ChangeQuery, Changes, Task, TaskChanged } from "@tend/contracts";
import { Prisma } from "@tend/db";
import type { UserId } from "#server/auth/user-id.ts";
import { database } from "#server/database.ts";
import { ProblemError } from "#server/http/problem.ts";
import { answerColumns, tombstoneColumns } from "./columns.ts";
import { openCursor, sealCursor } from "./cursor.ts";
import { assertNotErased } from "./refusals.ts";

const { sql } = Prisma;

/**
 * How far a client has read: up to this change and id. `complete_to`: deletions that were forgotten
 * when the client began without a cursor, of tasks that it never saw.
 */
interface Position {
  readonly change: bigint;
  readonly id: string;
  readonly complete_to: bigint;
}

/** A task or, where `title` is null, a tombstone; with the state of the owner's counter. */
type Row = { [K in keyof Task]: Task[K] | null } & {
  readonly change: bigint | null;
  readonly last_change: bigint;
  readonly forgotten_change: bigint;
};

const beginning = { change: -1n, id: "00000000-0000-0000-0000-000000000000" };

/** Behind every id: what has the same number of change was there when the cursor was made. */
const lastId = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** A page of the feed, and the last change of the user at its reading. */
export interface ChangesPage {
  readonly body: Changes;
  readonly lastChange: bigint;
}

const scopeOf = (userId: UserId) => `${userId}\nchanges`;

/** T-9: the changes of this user's tasks since the cursor, in the order of commit. */
export async function listChanges(
  userId: UserId,
  { cursor, from: moment, limit }: ChangeQuery,
): Promise<ChangesPage> {
  if (moment === "now") return changesFromNow(userId);
  const scope = scopeOf(userId);
  const from = cursor === undefined ? undefined : position(scope, cursor);
  const { change, id } = from ?? beginning;
  const after = sql`owner_user_id = ${userId} AND (change, id) > (${change}::bigint, ${id}::uuid)
    ORDER BY change, id LIMIT ${limit + 1}`;
  const rows = await database().$queryRaw<Row[]>(sql`
    SELECT last_change, forgotten_change, page.*
    FROM (SELECT coalesce(max(last_change), 0) AS last_change,
        coalesce(max(forgotten_change), 0) AS forgotten_change
      FROM task_counters WHERE owner_user_id = ${userId}) AS counter
    LEFT JOIN (
      (SELECT change, ${answerColumns} FROM tasks WHERE ${after})
      UNION ALL
      (SELECT change, ${tombstoneColumns}
        FROM task_tombstones WHERE ${after})) AS page ON true
    ORDER BY change, id LIMIT ${limit + 1}`);
  const [{ last_change, forgotten_change } = { last_change: 0n, forgotten_change: 0n }] = rows;
  const found = rows.filter((row) => row.change !== null);
  if (found.length === 0) await assertNotErased(userId);
  if (from && (from.change > last_change || isForgotten(from, forgotten_change))) throw gone();
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const next: Position = {
    change: last?.change ?? change,
    id: last?.id ?? id,
    complete_to: from?.complete_to ?? last_change,
  };
  return {
    body: {
      changes: page.map(changed),
      // Who gets the cursor back that they gave has nothing to store.
      next_cursor: (!last && from?.isCurrent && cursor) || seal(scope, next),
      has_more: found.length > limit,
    },
    lastChange: last_change,
  };
}

/** T-9: no changes, and the cursor of this moment. */
async function changesFromNow(userId: UserId): Promise<ChangesPage> {
  const lastChange = await lastChangeOf(userId);
  if (lastChange === 0n) await assertNotErased(userId);
  return {
    body: { changes: [], next_cursor: cursorAt(userId, lastChange), has_more: false },
    lastChange,
  };
}

/** The number of the last change that is committed; 0: there was none. */
export async function lastChangeOf(userId: UserId): Promise<bigint> {
  const [counter] = await database().$queryRaw<{ last_change: bigint }[]>`
    SELECT last_change FROM task_counters WHERE owner_user_id = ${userId}`;
  return counter?.last_change ?? 0n;
}

/** The cursor behind a change, for who has seen all up to it. */
export const cursorAt = (userId: UserId, change: bigint): string =>
  seal(scopeOf(userId), { change, id: lastId, complete_to: change });

const seal = (scope: string, { change, id, complete_to }: Position): string =>
  sealCursor(scope, { key: `${change} ${complete_to}`, id });

const isForgotten = ({ change, complete_to }: Position, forgotten: bigint): boolean =>
  forgotten > change && forgotten > complete_to;

function position(scope: string, cursor: string): Position & { readonly isCurrent: boolean } {
  const place = openCursor(scope, cursor);
  if (!place) throw gone();
  const { key, id, isCurrent } = place;
  const [change = "", complete_to = ""] = key.split(" ");
  return { change: BigInt(change), id, complete_to: BigInt(complete_to), isCurrent };
}

const gone = () => new ProblemError("cursor_gone");

function changed(row: Row): TaskChanged {
  const id = row.id ?? "";
  if (row.title === null) return { type: "deleted", id, version: row.version ?? 1, task: null };
  // A row with a title is a whole task; `endpoint` parses it by the schema.
  const task = row as Task;
  return { type: task.deleted_at === null ? "saved" : "trashed", id, task };
}
