import * as postgres from "libpg-query";

/**
 * O-1: what must hold of a statement, so that it reaches one owner's rows only. PostgreSQL's own
 * parser reads it. Each place that names a table of tasks is a fault unless a rule finds its owner:
 * what no rule knows does not pass.
 */

/** The functions of the database that work on these tables, each on those of its first argument. */
export const guardedFunctions = ["unbury"];

const tables = ["tasks", "task_counters", "task_tombstones", "idempotency_keys"];
const guarded = new RegExp(`\\b(${[...tables, ...guardedFunctions].join("|")})\\b`, "i");

await postgres.loadModule();

const parse = (sql: string) => postgres.parseSync(sql).stmts?.map(({ stmt }) => stmt) ?? [];

/** A tree to compare: without the places in the text, and without the numbers of parameters. */
const shape = (tree: unknown): string =>
  JSON.stringify(tree, (key, value) => (/^(location|number)$/.test(key) ? undefined : value));

/** The one statement about all owners: it picks the owner that the sweep works on next. */
const sweepsNext = shape(
  parse(`UPDATE task_counters SET sweep_at = now() + interval '1 hour' WHERE owner_user_id = (
    SELECT owner_user_id FROM task_counters WHERE sweep_at <= now()
    ORDER BY sweep_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING owner_user_id`),
);

/** The statement about those who wait for changes here: their counters, and nothing else (T-20). */
const asksForWaiters = shape(
  parse(
    "SELECT owner_user_id, last_change FROM task_counters WHERE owner_user_id = ANY($1::text[])",
  ),
);

/** The statements that tell 403 from 404: they look at others' tasks by id, and read no more. */
const looksOnly = [
  "SELECT FROM tasks WHERE owner_user_id <> $1 AND id = $2::uuid",
  "SELECT DISTINCT id, NULL::int FROM tasks WHERE owner_user_id <> $1 AND id = ANY($2::uuid[])",
].map((sql) => shape(parse(sql)[0]));

type Kind<Some> = Some extends unknown ? keyof Some : never;

/** An object of the tree: `{ kind: node }`, or a node alone where no other kind can stand. */
type Part = {
  readonly [K in Kind<postgres.Node>]?: Extract<postgres.Node, Record<K, unknown>>[K];
} & postgres.RangeVar &
  postgres.FuncCall &
  Pick<postgres.SelectStmt, "limitOption" | "fromClause" | "whereClause">;

const isPart = (value: unknown): value is Part => typeof value === "object" && value !== null;

/** All of a tree, but not what the name of a column is made of. */
const partsOf = (tree: unknown): Part[] =>
  isPart(tree) && !tree.ColumnRef
    ? [tree, ...Object.values(tree).flatMap((value) => partsOf(value))]
    : [];

/** The places that name a table or a function, each with its text. */
function placesIn(parts: readonly Part[]): Map<Part, string> {
  // A String is what is called or dropped, the type of a row, the body of a DO.
  const names = parts.map((part) => [part, part.relname ?? part.String?.sval ?? ""] as const);
  // A text that is handed to a function may be a statement.
  const given = parts.flatMap(({ funcname, args }) => (funcname ? partsOf(args) : []));
  const texts = given.map((part) => [part, part.A_Const?.sval?.sval ?? ""] as const);
  return new Map([...names, ...texts].filter(([, text]) => guarded.test(text)));
}

const path = (names: readonly Part[] = []): string =>
  names.map((name) => name.String?.sval ?? "*").join(".");

/** The name of a column; of all else, none. */
const columnOf = (value: Part = {}): string => path(value.ColumnRef?.fields);

/** The number of `$n` or `$n::text`; of all else, none. */
function parameter({ ParamRef, TypeCast }: Part = {}): number[] {
  if (ParamRef) return [ParamRef.number ?? 0];
  return path(TypeCast?.typeName?.names) === "text" ? parameter(TypeCast?.arg) : [];
}

/** What must hold for a row to pass: the parts of a conjunction. */
const conjuncts = (condition: Part = {}): Part[] =>
  condition.BoolExpr?.boolop === "AND_EXPR"
    ? (condition.BoolExpr.args ?? []).flatMap((part) => conjuncts(part))
    : [condition];

/** The parameters that one of these columns has to be equal to. */
const parametersOf = (columns: readonly string[], met: readonly Part[], sign = "="): number[] =>
  met.flatMap(({ A_Expr: { kind, name, lexpr, rexpr } = {} }) => {
    const isIt = kind === "AEXPR_OP" && path(name) === sign && columns.includes(columnOf(lexpr));
    return isIt ? parameter(rexpr) : [];
  });

const placeOfOwner = (targets: readonly Part[] = []): number =>
  targets.findIndex(({ ResTarget }) => ResTarget?.name === "owner_user_id");

/** A place, and the parameters that say whose rows are reached there: none, where nothing does. */
type Found = readonly [place: Part, owners: readonly number[]];

function inFrom(from: readonly Part[], met: readonly Part[], sign = "="): Found[] {
  return from.flatMap(({ RangeVar: table, JoinExpr: join }): Found[] => {
    if (table) {
      const name = table.alias?.aliasname ?? table.relname;
      const columns = ["owner_user_id", `${name}.owner_user_id`, `public.${name}.owner_user_id`];
      // Where the columns are renamed, another one may have that name.
      return [[table, table.alias?.colnames ? [] : parametersOf(columns, met, sign)]];
    }
    // The name of a join hides those of its tables.
    if (!join || join.alias) return [];
    const { jointype, larg, rarg, quals } = join;
    const joined = [...met, ...conjuncts(quals)];
    // An outer join keeps all rows of its own side, whatever its condition says.
    const side = (outer: string, item: Part = {}) =>
      inFrom([item], jointype === "JOIN_INNER" || jointype === outer ? joined : met, sign);
    return [...side("JOIN_RIGHT", larg), ...side("JOIN_LEFT", rarg)];
  });
}

/** Each new row has its owner, and a conflict changes no row but one of the same. */
function ofInsert({ cols, selectStmt, onConflictClause }: postgres.InsertStmt): number[] {
  const { action, infer, targetList } = onConflictClause ?? {};
  const key = (infer?.indexElems ?? []).map(({ IndexElem }: Part) => IndexElem?.name);
  const keepsOwner = key.includes("owner_user_id") && placeOfOwner(targetList) < 0;
  if (action === "ONCONFLICT_UPDATE" && !keepsOwner) return [];
  const { SelectStmt: source = {} }: Part = selectStmt ?? {};
  const selected = (source.targetList ?? []).map(({ ResTarget }: Part) => ResTarget?.val ?? {});
  const rows = source.valuesLists?.map(({ List }: Part) => List?.items ?? []) ?? [selected];
  const at = placeOfOwner(cols);
  const owners = rows.map((row) => {
    // A star stands for any number of columns.
    if (JSON.stringify(row.slice(0, at)).includes("A_Star")) return [];
    const column = columnOf(row[at]);
    return column ? parametersOf([column], conjuncts(source.whereClause)) : parameter(row[at]);
  });
  return owners.every(({ length }) => length > 0) ? owners.flat() : [];
}

/** The rules, by kind of statement. */
function foundIn({ InsertStmt, UpdateStmt, DeleteStmt, ...part }: Part): Found[] {
  if (InsertStmt) return [[InsertStmt.relation ?? {}, ofInsert(InsertStmt)]];
  if (UpdateStmt) {
    const { relation = {}, targetList, fromClause = [], whereClause } = UpdateStmt;
    const met = placeOfOwner(targetList) < 0 ? conjuncts(whereClause) : [];
    return inFrom([{ RangeVar: relation }, ...fromClause], met);
  }
  if (DeleteStmt) {
    const { relation = {}, usingClause = [], whereClause } = DeleteStmt;
    return inFrom([{ RangeVar: relation }, ...usingClause], conjuncts(whereClause));
  }
  if (part.limitOption) {
    const looks = looksOnly.includes(shape({ SelectStmt: part }));
    return inFrom(part.fromClause ?? [], conjuncts(part.whereClause), looks ? "<>" : "=");
  }
  const called = part.funcname?.at(-1);
  const isGuarded = called && guardedFunctions.includes(path([called]));
  return isGuarded ? [[called, parameter(part.args?.[0])]] : [];
}

/** What was found in one statement. */
export interface Checked {
  /** How many times it names one of the tables. */
  readonly mentions: number;
  /** What is wrong with it, in words. */
  readonly faults: readonly string[];
  /** The parameters that say who the owner is, from 1. */
  readonly owners: readonly number[];
  /** Whether this is the statement that picks the next owner to be swept. */
  readonly sweepsNext: boolean;
  /** Whether this is the statement about all who wait for changes, its parameter their ids. */
  readonly asksForWaiters: boolean;
}

/** Whether each mention of a table of tasks in a statement carries its owner. */
export function checkOwner(sql: string): Checked {
  const none = { faults: [], owners: [], sweepsNext: false, asksForWaiters: false };
  let tree: unknown;
  try {
    tree = parse(sql);
  } catch (error) {
    return { ...none, mentions: 1, faults: [`${error} in: ${sql}`] };
  }
  const parts = partsOf(tree);
  const open = placesIn(parts);
  const mentions = open.size;
  if (shape(tree) === sweepsNext) return { ...none, mentions, sweepsNext: true };
  if (shape(tree) === asksForWaiters) return { ...none, mentions, asksForWaiters: true };
  const found = parts.flatMap((part) => foundIn(part));
  const passed = found.filter(([place, owners]) => owners.length > 0 && open.delete(place));
  const owners = passed.flatMap(([, numbers]) => numbers);
  const faults = [...open.values()].map((name) => `No owner_user_id = $n for ${name} in: ${sql}`);
  return { ...none, mentions, faults, owners };
}
