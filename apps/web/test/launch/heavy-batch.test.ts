import { randomUUID } from "node:crypto";
import { ApiError } from "@tend/contracts/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startYardstick, tolerance, type Yardstick } from "../yardstick.ts";
import { endInstallations, type Installation, onEmbedded } from "./installation.ts";
import { signUp } from "./load.ts";

let system: Installation;
let yardstick: Yardstick;

beforeAll(async () => {
  system = await onEmbedded();
  yardstick = await startYardstick();
});

afterAll(async () => {
  await yardstick?.end();
  await endInstallations();
});

/** Milliseconds. */
const bounds = { batch: 10_000 * tolerance, list: 1_000 * tolerance };

/**
 * Repeats a request where the app's own limits are too short for a busy machine, until `bound` has
 * passed. Gives the answer, and how long all of that took.
 */
async function insist<T>(ask: () => Promise<T>, bound: number): Promise<readonly [T, number]> {
  const start = performance.now();
  for (;;) {
    try {
      return [await ask(), yardstick.elapsed(start)];
    } catch (error) {
      const isRefused = error instanceof ApiError && error.problem.status === 503;
      if (!isRefused || yardstick.elapsed(start) > bound) throw error;
    }
  }
}

/** Notes as long as may be, in a script whose search words are made letter by letter. */
const notes = {
  "that says one thing over and over": "今日は銀行へ行って家賃を払い帰りに切手を買う"
    .repeat(500)
    .slice(0, 10_000),
  "of which no two words are alike": String.fromCodePoint(
    ...Array.from({ length: 10_000 }, (_, n) => 0x4e00 + ((n * 7919) % 20_000)),
  ),
};

test.each(Object.entries(notes))(
  "[C-6, C-9, T-10] a batch that ticks a hundred long notes %s is done, and holds nobody else up",
  async (_, note) => {
    const { client } = await signUp(system.origin);
    const other = await signUp(system.origin);
    const ids = Array.from({ length: 100 }, () => randomUUID());
    for (const id of ids) {
      await client.createTask({ body: { id, title: "Note", description: note } });
    }
    let over = false;
    const waits: number[] = [];
    const asking = async () => {
      while (!over) waits.push((await insist(() => other.client.listTasks(), bounds.list))[1]);
    };
    const operations = ids.map((id) => ({ operation: "complete" as const, id, completed: true }));
    const batch = insist(() => client.batchTasks({ body: { operations } }), bounds.batch);
    const done = batch.finally(() => {
      over = true;
    });
    const [[{ status }, ms]] = await Promise.all([done, asking()]);
    expect(status).toBe(200);
    expect(ms).toBeLessThan(bounds.batch);
    expect(Math.max(...waits)).toBeLessThan(bounds.list);
    const { body } = await client.listTasks({ query: { limit: "100", status: "completed" } });
    expect(body).toHaveLength(100);
  },
);
