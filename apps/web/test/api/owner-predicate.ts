import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";
import { afterAll, afterEach, expect } from "vitest";

/**
 * O-1: no statement without its owner goes unnoticed. As a setup file of all API tests this reads
 * each statement that a handler sends to PostgreSQL; one that names a table of tasks without a
 * predicate on its owner, or with another owner than the asker, fails the test that sent it.
 */

const guarded = new Set(["tasks", "task_counters", "task_tombstones", "idempotency_keys"]);

/** The functions of the database that work on these tables, each on those of its first argument. */
export const guardedFunctions = new Set(["unbury"]);

/** The one statement about everybody: whom the sweep takes next. It then works on that owner. */
const sweepsNext =
  "update task_counters set sweep_at = now ( ) + interval '' where owner_user_id = ( select owner_user_id from task_counters where sweep_at <= now ( ) order by sweep_at limit 1 for update skip locked ) returning owner_user_id";

/** What tells 403 from 404 looks at others' tasks by id, and reads no more than these. */
const readsNothing = new Set(["", "distinct id , null :: int"]);

type Group = readonly Node[];
type Node = string | Group;

const isGroup = (node: Node | undefined): node is Group => Array.isArray(node);
const text = (nodes: Group): string =>
  nodes
    .map((node) => (isGroup(node) ? `( ${text(node)} )`.replace("(  )", "( )") : node))
    .join(" ");

const lexeme =
  /--[^\n]*|\/\*[\s\S]*?\*\/|(\$(\w*)\$[\s\S]*?\$\2\$|'(?:[^']|'')*')|"((?:[^"]|"")*)"|(\$\d+)|(\w+)|(::|<>|!=|<=|>=|[^\s\w])/g;

/** The lexemes of a statement, with what stands in brackets as a group of its own. */
function parse(sql: string): Group {
  const stack: Node[][] = [[]];
  for (const [, literal, , quoted, parameter, word, sign] of sql.matchAll(lexeme)) {
    const level = stack.at(-1) ?? [];
    if (sign === "(") {
      const group: Node[] = [];
      level.push(group);
      stack.push(group);
    } else if (sign === ")") {
      stack.pop();
    } else if (literal !== undefined) {
      level.push("''");
    } else {
      const lexed = quoted ?? parameter ?? word?.toLowerCase() ?? sign;
      if (lexed !== undefined) level.push(lexed);
    }
  }
  return stack[0] ?? [];
}

function split(nodes: Group, isSeparator: (node: Node, index: number) => boolean): Group[] {
  const parts: Node[][] = [[]];
  nodes.forEach((node, index) => {
    if (isSeparator(node, index)) parts.push([]);
    else parts.at(-1)?.push(node);
  });
  return parts;
}

/** The words that begin a clause, and so end the one before. */
const clauses = new Set(
  "select from where group having window order limit offset fetch for returning set using on values".split(
    " ",
  ),
);

/** The clause that begins with this word, up to the next; undefined where there is none. */
function clause(nodes: Group, word: string, ends = clauses): Group | undefined {
  const begins = (index: number) =>
    // IS [NOT] DISTINCT FROM begins no clause.
    !(nodes[index] === "from" && nodes[index - 1] === "distinct" && nodes[index - 2] !== "select");
  const start = nodes.findIndex((node, index) => node === word && begins(index));
  if (start < 0) return undefined;
  const rest = nodes.slice(start + 1);
  const end = rest.findIndex(
    (node, index) => !isGroup(node) && ends.has(node) && begins(start + 1 + index),
  );
  return end < 0 ? rest : rest.slice(0, end);
}

const afterFrom = new Set([...clauses].filter((word) => !["on", "using", "set"].includes(word)));

const isQuery = ([first]: Group): boolean =>
  typeof first === "string" && /^(select|with|insert|update|delete)$/.test(first);

/** What must hold for a row to pass: the parts of a conjunction. Of a disjunction: nothing. */
function conjuncts(condition: Group): Group[] {
  if (condition.includes("or")) return [];
  return split(condition, (node) => node === "and").flatMap((part) => {
    const [only] = part;
    return part.length === 1 && isGroup(only) && !isQuery(only) ? conjuncts(only) : [part];
  });
}

interface Mention {
  readonly table: string;
  /** What its columns are called by. */
  readonly name: string;
}

/** What was found in one statement. */
export interface Checked {
  /** How many times it names one of the tables. */
  readonly mentions: number;
  /** What is wrong with it, in words. */
  readonly faults: readonly string[];
  /** The parameters that say who the owner is, from 1. */
  readonly owners: readonly number[];
  /** Whether it is the statement that asks whose turn to be swept it is. */
  readonly sweepsNext: boolean;
}

class Checker {
  readonly faults: string[] = [];
  readonly owners = new Set<number>();
  recognized = 0;

  query(nodes: Group): void {
    nodes.forEach((node, index) => {
      if (!isGroup(node)) return;
      const before = nodes[index - 1];
      if (typeof before === "string" && guardedFunctions.has(before)) this.call(before, node);
      this.query(node);
    });
    const isWith = nodes[0] === "with";
    const main = isWith ? nodes.slice(nodes.findIndex(isVerb)) : nodes;
    for (const statement of split(main, (node) => node === ";")) {
      const [verb] = statement;
      if (verb === "insert") this.insert(statement);
      else if (verb === "update") this.update(statement);
      else if (verb === "delete") this.delete(statement);
      else this.selects(statement);
    }
  }

  private call(name: string, given: Group): void {
    this.recognized++;
    const [owner = []] = split(given, (node) => node === ",");
    if (!this.isOwner(owner))
      this.faults.push(`${name} is called without $n as owner in: ${text(given)}`);
  }

  /** The branches of a query, each with conditions of its own. */
  private selects(nodes: Group): void {
    const branches = split(
      nodes,
      (node) => typeof node === "string" && /^(union|intersect|except)$/.test(node),
    );
    for (const branch of branches) {
      const body = branch[0] === "all" ? branch.slice(1) : branch;
      if (body[0] !== "select") continue;
      const from = clause(body, "from", afterFrom);
      const where = clause(body, "where");
      for (const { mention, on } of this.items(from ?? [])) {
        const met = [...conjuncts(where ?? []), ...conjuncts(on)];
        if (!this.hasOwner(mention, met) && !this.looksOnly(mention, body, met)) {
          this.fault(mention.table, "is read without owner_user_id = $n", body);
        }
      }
    }
  }

  private update(nodes: Group): void {
    const where = conjuncts(clause(nodes, "where") ?? []);
    const from = clause(nodes, "from", afterFrom) ?? [];
    const assignments = clause(nodes, "set") ?? [];
    const sets = split(assignments, (node) => node === ",");
    for (const { mention } of this.items(nodes.slice(1, nodes.indexOf("set")))) {
      if (!this.hasOwner(mention, where)) {
        this.fault(mention.table, "is updated without owner_user_id = $n", nodes);
      }
      if (sets.some((one) => text(one.slice(0, 1)).includes("owner_user_id"))) {
        this.fault(mention.table, "gets another owner", nodes);
      }
    }
    this.others(from, where, nodes);
  }

  private delete(nodes: Group): void {
    const where = conjuncts(clause(nodes, "where") ?? []);
    for (const { mention } of this.items(clause(nodes, "from") ?? [])) {
      if (!this.hasOwner(mention, where)) {
        this.fault(mention.table, "is deleted from without owner_user_id = $n", nodes);
      }
    }
    this.others(clause(nodes, "using", afterFrom) ?? [], where, nodes);
  }

  private others(from: Group, where: Group[], nodes: Group): void {
    for (const { mention, on } of this.items(from)) {
      if (!this.hasOwner(mention, [...where, ...conjuncts(on)])) {
        this.fault(mention.table, "is read without owner_user_id = $n", nodes);
      }
    }
  }

  private insert(nodes: Group): void {
    const conflict = nodes.findIndex(
      (node, index) => node === "on" && nodes[index + 1] === "conflict",
    );
    const head = conflict < 0 ? nodes : nodes.slice(0, conflict);
    const into = head.slice(2);
    const start = into.findIndex((node) => isGroup(node) || node === "select" || node === "values");
    const [target] = this.items(into.slice(0, start < 0 ? undefined : start));
    const source = into.findIndex((node) => node === "select" || node === "with");
    if (source >= 0)
      this.query(into.slice(source).filter((node) => !isGroup(node) || !isQuery(node)));
    if (!target) return;
    const { table } = target.mention;
    const columns = into[start];
    const at = isGroup(columns)
      ? split(columns, (node) => node === ",").findIndex(
          (column) => text(column) === "owner_user_id",
        )
      : -1;
    const rows =
      source >= 0 ? [clause(into, "select") ?? []] : (clause(into, "values") ?? []).filter(isGroup);
    const given = rows.map((row) => split(row, (node) => node === ",")[at] ?? []);
    const where = conjuncts(clause(into, "where") ?? []);
    const named = (value: Group) =>
      this.isOwner(value) ||
      // A column of a row that has passed the predicate.
      (text(value) === "owner_user_id" &&
        where.some((part) => this.isPredicate(part, ["owner_user_id"])));
    if (given.length === 0 || !given.every(named)) {
      this.fault(table, "is inserted into without $n as owner_user_id", nodes);
    }
    if (conflict >= 0) this.conflict(table, nodes.slice(conflict + 2), nodes);
  }

  /** ON CONFLICT may change no row but one of the same owner. */
  private conflict(table: string, [target, ...action]: Group, nodes: Group): void {
    if (!action.includes("update")) return;
    if (!isGroup(target) || !target.includes("owner_user_id")) {
      this.fault(table, "is changed on a conflict that is not of one owner", nodes);
    }
    const sets = split(clause(action, "set") ?? [], (node) => node === ",");
    if (sets.some((one) => text(one.slice(0, 1)).includes("owner_user_id"))) {
      this.fault(table, "gets another owner", nodes);
    }
  }

  /** The tables of a FROM, each with the condition of its own join. */
  private items(from: Group): { mention: Mention; on: Group }[] {
    const joins = from.some((node) => node === "right" || node === "full");
    return split(from, (node) => node === "," || node === "join").flatMap((item) => {
      const words = item.filter((node) => node !== "only" && node !== "lateral");
      const path = words[1] === "." ? words.slice(0, 3) : words.slice(0, 1);
      const table = path.at(-1);
      if (typeof table !== "string" || !guarded.has(table)) return [];
      this.recognized++;
      const [as, alias] = words.slice(path.length);
      const called = as === "as" ? alias : as;
      const isAlias = typeof called === "string" && /^\w+$/.test(called) && !joinWords.has(called);
      const on = joins ? [] : (clause(words, "on", new Set(joinWords)) ?? []);
      return [{ mention: { table, name: isAlias ? called : table }, on }];
    });
  }

  private hasOwner({ name }: Mention, met: readonly Group[], sign = "="): boolean {
    const columns = [
      "owner_user_id",
      `${name} . owner_user_id`,
      `public . ${name} . owner_user_id`,
    ];
    return met.some((part) => this.isPredicate(part, columns, sign));
  }

  private isPredicate(part: Group, columns: readonly string[], sign = "="): boolean {
    const place = part.indexOf(sign);
    return (
      place > 0 &&
      columns.includes(text(part.slice(0, place))) &&
      this.isOwner(part.slice(place + 1))
    );
  }

  private isOwner(value: Group): boolean {
    const [, number] = /^\$(\d+)(?: :: text)?$/.exec(text(value)) ?? [];
    if (number !== undefined) this.owners.add(Number(number));
    return number !== undefined;
  }

  private looksOnly(mention: Mention, select: Group, met: readonly Group[]): boolean {
    return (
      readsNothing.has(text(clause(select, "select") ?? [])) &&
      met.some((part) => /^id = (any \( )?\$/.test(text(part))) &&
      this.hasOwner(mention, met, "<>")
    );
  }

  private fault(table: string, what: string, nodes: Group): void {
    this.faults.push(`${table} ${what} in: ${text(nodes)}`);
  }
}

const isVerb = (node: Node): boolean =>
  typeof node === "string" && /^(select|insert|update|delete)$/.test(node);

const joinWords = new Set("inner left right full cross natural outer on using set".split(" "));

/** Each place that names a table, not the qualifier of a column nor an alias, or calls a function. */
function mentionsIn(nodes: Group): number {
  return nodes.reduce<number>((count, node, index) => {
    if (isGroup(node)) return count + mentionsIn(node);
    const before = nodes[index - 1];
    const after = nodes[index + 1];
    const named = guarded.has(node) && after !== "." && before !== "as" && !isGroup(before);
    return count + (named || (guardedFunctions.has(node) && isGroup(after)) ? 1 : 0);
  }, 0);
}

/** Whether each mention of a table of tasks in a statement carries its owner. */
export function checkOwner(sql: string): Checked {
  const nodes = parse(sql);
  const mentions = mentionsIn(nodes);
  const isSweep = text(nodes) === sweepsNext;
  if (mentions === 0 || isSweep) {
    return { mentions, faults: [], owners: [], sweepsNext: isSweep };
  }
  const checker = new Checker();
  checker.query(nodes);
  if (checker.recognized < mentions) {
    checker.faults.push(
      `${mentions - checker.recognized} of the mentions stands where its owner cannot be read; write it plainly, or teach owner-predicate.ts, in: ${text(nodes)}`,
    );
  }
  const { faults, owners } = checker;
  return { mentions, faults, owners: [...owners], sweepsNext: false };
}

/** One request that a test sends. */
interface Asking {
  /** Whose rows its statements may name; undefined where no token says it. */
  readonly owners: Set<unknown> | undefined;
}

interface Watch {
  readonly asking: AsyncLocalStorage<Asking>;
  readonly faults: string[];
  /** Statements on the tables that requests sent. */
  checked: number;
  /** Those that no request sent: a test's own. */
  outside: number;
}

declare global {
  // Kept here because `vi.resetModules` loads this module anew.
  var ownerWatch: Watch | undefined;
}

const watch = () => {
  globalThis.ownerWatch ??= begin();
  return globalThis.ownerWatch;
};

interface Queryable {
  query(this: unknown, ...given: unknown[]): unknown;
}

function begin(): Watch {
  const begun: Watch = { asking: new AsyncLocalStorage(), faults: [], checked: 0, outside: 0 };
  // The driver is packages/db's, and no dependency of the app.
  const load = createRequire(new URL("../../../../packages/db/package.json", import.meta.url));
  const pg: { Pool: { prototype: Queryable }; Client: { prototype: Queryable } } = load("pg");
  const seen = new WeakSet<object>();
  // A query of the pool comes to a client later, perhaps out of another request: it counts here.
  for (const { prototype } of [pg.Pool, pg.Client]) {
    const { query } = prototype;
    prototype.query = function (...given) {
      const [config] = given;
      const first = typeof config === "string" || (isObject(config) && !seen.has(config));
      if (isObject(config)) seen.add(config);
      const note = first ? noted(begun, config, given[1]) : undefined;
      const result = query.apply(this, given);
      if (note && result instanceof Promise) result.then(note, () => {});
      return result;
    };
  }
  afterEach(() => expect(takeFaults(), "O-1: every statement names its owner").toEqual([]));
  afterAll(() => expect(takeFaults(), "O-1: every statement names its owner").toEqual([]));
  return begun;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

const known = new Map<string, Checked>();

/** Checks one statement. @returns what to do with its rows, where that matters. */
function noted(watch: Watch, config: unknown, values: unknown) {
  const sql = isObject(config) ? String(config.text) : String(config);
  const checked = known.get(sql) ?? checkOwner(sql);
  known.set(sql, checked);
  if (checked.mentions === 0) return undefined;
  const asking = watch.asking.getStore();
  if (!asking) {
    watch.outside++;
    return undefined;
  }
  watch.checked++;
  const { faults, owners } = checked;
  watch.faults.push(...faults);
  const given = isObject(config) ? config.values : values;
  const parameters: readonly unknown[] = Array.isArray(given) ? given : [];
  const foreign = owners.some((number) => asking.owners?.has(parameters[number - 1]) === false);
  if (foreign) watch.faults.push(`The owner is not who asks, in: ${sql}`);
  if (!checked.sweepsNext) return undefined;
  return (result: unknown) => {
    const rows = isObject(result) && Array.isArray(result.rows) ? result.rows : [];
    for (const owner of rows.flat()) asking.owners?.add(owner);
  };
}

/** Whom the token names, whether it is good or not. */
function subjectOf(authorization: string | null): unknown {
  try {
    const claims = Buffer.from(authorization?.split(".")[1] ?? "", "base64url").toString();
    return JSON.parse(claims).sub;
  } catch {
    return undefined;
  }
}

/** Runs what serves this request: the statements that it sends have to name their owner. */
export function duringRequest<T>({ headers }: Request, run: () => T): T {
  const subject = subjectOf(headers.get("Authorization"));
  const owners = subject === undefined ? undefined : new Set([subject]);
  return watch().asking.run({ owners }, run);
}

/** What was found wrong since the last time; whoever takes it answers for it. */
export const takeFaults = (): string[] => watch().faults.splice(0);

/** How many statements on the tables requests sent so far, and how many nobody's request did. */
export const statementCounts = () => ({ checked: watch().checked, outside: watch().outside });

watch();
