import { randomBytes, randomUUID } from "node:crypto";
import {
  ApiError,
  type Client,
  createClient,
  nextCursor,
  UnreachableError,
} from "@tend/contracts/client";
import { expect } from "vitest";
import { mintToken, seconds } from "../api/support/mint-token.ts";
import { secret, until } from "./start.ts";

interface Content {
  readonly title: string;
  readonly description: string;
  readonly completed: boolean;
}

/** A user, and what the API has acknowledged of each task: its content, or that it is deleted. */
export interface Person {
  readonly id: string;
  readonly client: Client;
  readonly token: () => string;
  readonly tasks: Map<string, Content | "deleted">;
}

/** Signs up a user; where a busy machine does not do so in time (C-6), another one. */
export async function signUp(origin: string): Promise<Person> {
  const email = `${randomUUID()}@example.com`;
  const answer = await createClient({ origin })
    .signUp({ body: { name: "Ada", email, password: "correct horse" } })
    .catch((error: unknown) => {
      if (failureOf(error) !== "unavailable") throw error;
    });
  if (!answer) return signUp(origin);
  const { body } = answer;
  const token = () =>
    mintToken({ sub: body.user.id, iat: seconds(), exp: seconds(300) }, { secret });
  return { id: body.user.id, client: createClient({ origin, token }), token, tasks: new Map() };
}

/** A 503 with Retry-After; a connection that nobody took; one that broke before the answer. */
type Kind = "unavailable" | "refused" | "broken";

/** A request that was not acknowledged. */
interface Failure {
  readonly kind: Kind;
  readonly start: number;
  readonly end: number;
}

/** One loop of requests, each sent again until it is acknowledged. Times are performance.now(). */
interface Writer {
  readonly acknowledged: number[];
  readonly failures: Failure[];
}

export type Load = ReturnType<typeof startLoad>;

/** People who create, change, complete and delete tasks without a pause, until `stop`. */
export function startLoad(people: readonly Person[], writersOfEach = 3) {
  const writers: Writer[] = [];
  let state: "running" | "stopping" | "abandoned" = "running";
  let unanswered = 0;
  let defect: unknown;

  /** `ask` gives true where an earlier try turns out to have been carried out. */
  async function insist(writer: Writer, ask: (again: boolean) => Promise<unknown>): Promise<void> {
    for (let again = false; state !== "abandoned"; again = true) {
      const start = performance.now();
      const outcome = await ask(again).catch(failureOf);
      const end = performance.now();
      if (!isKind(outcome)) {
        if (outcome === true) unanswered++;
        writer.acknowledged.push(end);
        return;
      }
      writer.failures.push({ kind: outcome, start, end });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function write({ client, tasks }: Person, writer: Writer): Promise<void> {
    for (let count = 0; state === "running"; count++) {
      const id = randomUUID();
      const params = { id };
      const task = { title: id, description: randomBytes(500).toString("hex"), completed: false };
      await insist(writer, async (again) => {
        const { status } = await client.createTask({ body: { id, ...task } });
        return again && status === 200;
      });
      tasks.set(id, task);

      const title = `${id}, changed`;
      await insist(writer, () => client.updateTask({ params, body: { title } }));
      tasks.set(id, { ...task, title });

      const completed = count % 3 > 0;
      await insist(writer, () => client.completeTask({ params, body: { completed } }));
      tasks.set(id, { ...task, title, completed });

      if (count % 2 > 0) continue;
      await insist(writer, (again) =>
        client.deleteTask({ params }).catch((error: unknown) => {
          const gone = error instanceof ApiError && error.problem.status === 404;
          if (again && gone) return true;
          throw error;
        }),
      );
      tasks.set(id, "deleted");
    }
  }

  const loops = people
    .flatMap((person) => Array.from({ length: writersOfEach }, () => person))
    .map((person) => {
      const writer: Writer = { acknowledged: [], failures: [] };
      writers.push(writer);
      return write(person, writer).catch((error: unknown) => {
        defect ??= error;
      });
    });

  const each = (what: string, holds: (writer: Writer) => boolean): Promise<void> =>
    until(what, () => {
      if (defect) throw defect;
      return writers.every(holds);
    });

  return {
    /** Waits until every writer has got so many acknowledgements since `start`. */
    acknowledged: (count: number, start = 0) =>
      each(`every writer got ${count} acknowledgements`, ({ acknowledged }) => {
        return acknowledged.filter((time) => time > start).length >= count;
      }),

    /** Waits until every writer has failed since `start`. */
    failed: (start: number) =>
      each("every writer failed", ({ failures }) => failures.some(({ end }) => end > start)),

    /** The kinds of the failures. */
    failedAs: () => [
      ...new Set(writers.flatMap(({ failures }) => failures.map(({ kind }) => kind))),
    ],

    /** The shortest time in milliseconds after which a 503 came. */
    soonestUnavailable: () =>
      Math.min(
        ...writers.flatMap(({ failures }) =>
          failures.flatMap(({ kind, start, end }) => (kind === "unavailable" ? end - start : [])),
        ),
      ),

    /** The longest that a failure took. */
    slowest: (elapsed: (start: number, end: number) => number) =>
      Math.max(
        0,
        ...writers.flatMap(({ failures }) => failures.map(({ start, end }) => elapsed(start, end))),
      ),

    /** How many requests were carried out, and the answer to them was lost. */
    unanswered: () => unanswered,

    /** When after `back` every writer was served again, and none failed any more. */
    recovered: (back: number) =>
      Math.max(
        ...writers.flatMap(({ acknowledged, failures }) => [
          acknowledged.find((time) => time > back) ?? Number.POSITIVE_INFINITY,
          failures.at(-1)?.end ?? back,
        ]),
      ),

    /** Ends when all that was begun is acknowledged. */
    async stop() {
      state = "stopping";
      await Promise.all(loops);
      if (defect) throw defect;
    },

    /** Leaves the writers' requests without acknowledgement. */
    abandon() {
      state = "abandoned";
    },
  };
}

const kinds: readonly unknown[] = ["unavailable", "refused", "broken"] satisfies Kind[];
const isKind = (outcome: unknown): outcome is Kind => kinds.includes(outcome);

/** The kind of a failure. Throws what is none: a 500, say, or a task that is not there. */
function failureOf(error: unknown): Kind {
  if (error instanceof ApiError && error.problem.status === 503 && (error.retryAfter ?? 0) > 0) {
    return "unavailable";
  }
  // What `fetch` throws where there is no answer; its cause is what the socket said.
  if (error instanceof UnreachableError && error.cause instanceof TypeError) {
    const { cause } = error.cause;
    const refused = cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
    return refused ? "refused" : "broken";
  }
  throw error;
}

/** All that was acknowledged is there, once and with its content; what was deleted is not. */
export async function expectKept(people: readonly Person[]): Promise<void> {
  for (const { client, tasks } of people) {
    const listed: [string, Content][] = [];
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const { body, headers } = await client.listTasks({ query: { limit: "500", cursor } });
      for (const { id, title, description, completed } of body) {
        listed.push([id, { title, description: description ?? "", completed }]);
      }
      cursor = nextCursor(headers);
    }
    const kept = [...tasks].filter(([, content]) => content !== "deleted");
    expect(listed.length).toBe(kept.length);
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(kept));

    for (const [id, content] of tasks) {
      if (content !== "deleted") continue;
      const notFound = { problem: { status: 404 } };
      await expect(client.getTask({ params: { id } })).rejects.toMatchObject(notFound);
      // The task is looked for once; later the list would show it.
      tasks.delete(id);
    }
  }
}
