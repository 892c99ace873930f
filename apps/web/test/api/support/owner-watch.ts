import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";
import { afterAll, afterEach, expect } from "vitest";
import { type Checked, checkOwner } from "./owner-predicate.ts";

/**
 * O-1: no statement without its owner goes unnoticed. As a setup file of all API tests this reads
 * each statement that a handler sends to PostgreSQL; one that names a table of tasks without a
 * predicate on its owner, or with another owner than the asker, fails the test that sent it.
 */
interface Watch {
  /** The owners whose rows the current request may name; null where no token says it. */
  readonly asking: AsyncLocalStorage<Set<unknown> | null>;
  readonly faults: string[];
  /** Statements on the tables that requests sent. */
  checked: number;
  /** Statements on the tables that no request sent: a test's own. */
  outside: number;
  /** Whose requests are being served right now, each as often as they have some. */
  readonly served: unknown[];
}

declare global {
  // The watch is global because `vi.resetModules` loads this module anew.
  var ownerWatch: Watch | undefined;
}

globalThis.ownerWatch ??= begin();
const watch = globalThis.ownerWatch;

interface Queryable {
  query(this: unknown, ...given: unknown[]): unknown;
}

function begin(): Watch {
  // The very driver that packages/db has.
  const load = createRequire(new URL("../../../../../packages/db/package.json", import.meta.url));
  const pg: { Pool: { prototype: Queryable }; Client: { prototype: Queryable } } = load("pg");
  const seen = new WeakSet<object>();
  // A query of the pool comes to a client later, perhaps out of another request: it counts here.
  for (const { prototype } of [pg.Pool, pg.Client]) {
    const { query } = prototype;
    prototype.query = function (...given) {
      const [config, values] = given;
      const isNew = !isObject(config) || !seen.has(config);
      if (isObject(config)) seen.add(config);
      const note = isNew ? noted(isObject(config) ? config : { text: config, values }) : undefined;
      const result = query.apply(this, given);
      if (note && result instanceof Promise) result.then(note, () => {});
      return result;
    };
  }
  for (const after of [afterEach, afterAll]) {
    after(() => expect(takeFaults(), "O-1: every statement names its owner").toEqual([]));
  }
  return { asking: new AsyncLocalStorage(), faults: [], checked: 0, outside: 0, served: [] };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

const known = new Map<string, Checked>();

/** Checks one statement. @returns what to do with its rows, where that matters. */
function noted({ text, values }: Record<string, unknown>) {
  const sql = String(text);
  const checked = known.get(sql) ?? checkOwner(sql);
  known.set(sql, checked);
  const { mentions, faults, owners, sweepsNext, asksForWaiters } = checked;
  if (mentions === 0) return undefined;
  const asking = watch.asking.getStore();
  watch[asking === undefined ? "outside" : "checked"]++;
  if (asking === undefined) return undefined;
  watch.faults.push(...faults);
  const parameters: readonly unknown[] = Array.isArray(values) ? values : [];
  const foreign = owners.some((number) => asking?.has(parameters[number - 1]) === false);
  if (foreign) watch.faults.push(`The owner is not who asks, in: ${sql}`);
  const waiting = asksForWaiters ? parameters.flat() : [];
  if (waiting.some((id) => !watch.served.includes(id))) {
    watch.faults.push(`Somebody does not wait here, in: ${sql}`);
  }
  if (!sweepsNext) return undefined;
  return (result: unknown) => {
    const rows = isObject(result) && Array.isArray(result.rows) ? result.rows : [];
    for (const owner of rows.flat()) asking?.add(owner);
  };
}

/** The subject of the token, valid or not. */
function subjectOf(authorization: string | null): unknown {
  try {
    const claims = Buffer.from(authorization?.split(".")[1] ?? "", "base64url").toString();
    return JSON.parse(claims).sub;
  } catch {
    return undefined;
  }
}

/** Runs what serves this request: the statements that it sends have to name their owner. */
export function duringRequest<T>(headers: Pick<Headers, "get">, run: () => T): T {
  const subject = subjectOf(headers.get("Authorization"));
  watch.served.push(subject);
  const done = () => void watch.served.splice(watch.served.indexOf(subject), 1);
  const result = watch.asking.run(subject === undefined ? null : new Set([subject]), run);
  Promise.resolve(result).then(done, done);
  return result;
}

/** The faults since the last call, which the caller has to report. */
export const takeFaults = (): string[] => watch.faults.splice(0);

/** How many statements on the tables requests sent so far, and how many nobody's request did. */
export const statementCounts = () => ({ checked: watch.checked, outside: watch.outside });
