import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { verifiedUserId } from "#server/auth/user-id.ts";
import { ProblemError } from "../problem.ts";
import { FairQueue } from "./fair-queue.ts";

const ada = verifiedUserId("ada");
const ben = verifiedUserId("ben");
const cyd = verifiedUserId("cyd");
const gone = new Error("Connection terminated unexpectedly");

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Work that ends when it is told to, and what was begun, in order. */
function makeWork() {
  const begun: string[] = [];
  const ends = new Map<string, { resolve(): void; reject(error: Error): void }>();
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve, reject) => {
      ends.set(name, { resolve: () => resolve(name), reject });
    });
  };
  const end = async (name: string, error?: Error) => {
    const { resolve, reject } = ends.get(name) ?? expect.unreachable(`${name} was not begun`);
    if (error) reject(error);
    else resolve();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { begun, work, end };
}

/** How each of these came out. */
const outcomes = (promises: readonly Promise<unknown>[]) =>
  Promise.all(
    promises.map((promise) =>
      promise.catch((error: unknown) => (error instanceof ProblemError ? error.code : error)),
    ),
  );

test("[C-6] no more run at once than there are connections, and each is begun once", async () => {
  const queue = new FairQueue(2);
  const { begun, work, end } = makeWork();
  const all = ["a", "b", "c", "d"].map((name) => queue.run(ada, work(name)));
  expect(begun).toEqual(["a", "b"]);
  await end("b");
  expect(begun).toEqual(["a", "b", "c"]);
  for (const name of ["a", "c", "d"]) await end(name);
  expect(await outcomes(all)).toEqual(["a", "b", "c", "d"]);
});

test("[C-6] users take turns: one who sends many delays nobody else's", async () => {
  const queue = new FairQueue(1);
  const { begun, work, end } = makeWork();
  const all = ["a1", "a2", "a3", "a4"].map((name) => queue.run(ada, work(name)));
  all.push(queue.run(ben, work("b1")), queue.run(ben, work("b2")), queue.run(cyd, work("c1")));
  for (const name of ["a1", "a2", "b1", "c1", "a3", "b2", "a4"]) await end(name);
  expect(begun).toEqual(["a1", "a2", "b1", "c1", "a3", "b2", "a4"]);
  await outcomes(all);
});

test("503 [C-6] what waits for longer than two seconds is refused and never begun", async () => {
  const queue = new FairQueue(1);
  const { begun, work, end } = makeWork();
  const first = queue.run(ada, work("first"));
  const late = queue.run(ada, work("late"));
  const refused = outcomes([late]);
  await vi.advanceTimersByTimeAsync(1_999);
  const later = queue.run(ben, work("later"));
  await vi.advanceTimersByTimeAsync(1);
  expect(await refused).toEqual(["overloaded"]);
  await end("first");
  await end("later");
  expect(await outcomes([first, later])).toEqual(["first", "later"]);
  expect(begun).toEqual(["first", "later"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("503 [C-6] beyond 200 waiting requests of one user, at once; others are still let in", async () => {
  const queue = new FairQueue(1);
  const { work, end } = makeWork();
  const waiting = Array.from({ length: 201 }, (_, at) => queue.run(ada, work(`${at}`)));
  expect(await outcomes([queue.run(ada, work("too many"))])).toEqual(["overloaded"]);
  waiting.push(queue.run(ben, work("ben")));
  await end("0");
  await end("1");
  await end("ben");
  const settled = outcomes(waiting);
  await vi.advanceTimersByTimeAsync(2_000);
  await end("2");
  expect((await settled).filter((outcome) => outcome !== "overloaded")).toEqual([
    "0",
    "1",
    "2",
    "ben",
  ]);
});

test("503 [C-6] beyond 2,000 waiting requests of all users, at once", async () => {
  const queue = new FairQueue(1);
  const { work, end } = makeWork();
  const waiting = Array.from({ length: 2_001 }, (_, at) =>
    queue.run(verifiedUserId(`user ${at}`), work(`${at}`)),
  );
  expect(await outcomes([queue.run(ada, work("too many"))])).toEqual(["overloaded"]);
  const settled = outcomes(waiting);
  await end("0", gone);
  expect((await settled).filter((outcome) => outcome === "overloaded")).toHaveLength(2_000);
});

test("503 [C-6] a database that is gone: whoever waits is refused at once; then work goes on", async () => {
  const queue = new FairQueue(1);
  const { begun, work, end } = makeWork();
  const first = queue.run(ada, work("first"));
  const others = [queue.run(ada, work("second")), queue.run(ben, work("third"))];
  const settled = Promise.allSettled([first]);
  const refused = outcomes(others);
  await end("first", gone);
  expect((await settled)[0]).toMatchObject({ status: "rejected", reason: gone });
  expect(await refused).toEqual(["overloaded", "overloaded"]);
  const next = queue.run(ben, work("next"));
  await end("next");
  expect(await next).toBe("next");
  expect(begun).toEqual(["first", "next"]);
});

test("[C-6] work that fails gives its turn on", async () => {
  const queue = new FairQueue(1);
  const { work, end } = makeWork();
  const failing = queue.run(ada, work("failing"));
  const next = queue.run(ben, work("next"));
  const refused = outcomes([failing]);
  await end("failing", new ProblemError("task_not_found"));
  expect(await refused).toEqual(["task_not_found"]);
  await end("next");
  expect(await next).toBe("next");
});
