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

/** T-9: the changes of this user's tasks since the cursor, in the order of commit. */
export async function listChanges(
  userId: UserId,
  { cursor, limit }: ChangeQuery,
): Promise<Changes> {
  const scope = `${userId}\nchanges`;
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
  if (from && (from.change > last_change || isForgotten(from, forgotten_change))) throw gone();
  const found = rows.filter((row) => row.change !== null);
  if (found.length === 0) await assertNotErased(userId);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const next = {
    change: last?.change ?? change,
    id: last?.id ?? id,
    complete_to: from?.complete_to ?? last_change,
  };
  return {
    changes: page.map(changed),
    next_cursor: sealCursor(scope, { key: `${next.change} ${next.complete_to}`, id: next.id }),
    has_more: found.length > limit,
  };
}

const isForgotten = ({ change, complete_to }: Position, forgotten: bigint): boolean =>
  forgotten > change && forgotten > complete_to;

function position(scope: string, cursor: string): Position {
  const place = openCursor(scope, cursor);
  if (!place) throw gone();
  const [change = "", complete_to = ""] = place.key.split(" ");
  return { change: BigInt(change), id: place.id, complete_to: BigInt(complete_to) };
}

const gone = () => new ProblemError("cursor_gone");

function changed(row: Row): TaskChanged {
  const id = row.id ?? "";
  if (row.title === null) return { type: "deleted", id, task: null };
  // A row with a title is a whole task; `endpoint` parses it by the schema.
  const task = row as Task;
  return { type: task.deleted_at === null ? "saved" : "trashed", id, task };
}
