import { randomInt } from "node:crypto";
import { makeUser } from "@tend/db/testing";
import fc from "fast-check";
import { describe, test } from "vitest";
import { database } from "#server/database.ts";
import { hungAfter } from "../../hung.ts";
import { rounds } from "../../long.ts";
import { BothSides } from "../support/both-sides.ts";
import { steps } from "../support/steps.ts";

/** `SEED=… RANDOM_PATH=… vitest … -t 'part 1'` runs a failure again, as its report names it. */
const seed = Number(process.env.SEED ?? randomInt(2 ** 30));
const path = process.env.RANDOM_PATH;

/** The sequences of each part. */
const sequences = rounds(75, 20);

describe(`${4 * sequences} sequences of requests by three people, seed ${seed}`, () => {
  test.concurrent.each([1, 2, 3, 4])(
    "[T-2, T-4, T-5, T-6, T-7, T-8, T-9, T-10, T-12, O-2, E-3] part %i: each answer, list and change is as the model says",
    async (part) => {
      const compare = fc.asyncProperty(steps, async (sequence) => {
        const users = [
          await makeUser(database()),
          await makeUser(database()),
          await makeUser(database()),
        ];
        const both = new BothSides(users);
        for (const step of sequence) await both.take(step);
        await both.compareAll();
      });
      await fc.assert(compare, {
        seed: (path === undefined ? part : 0) + seed,
        numRuns: sequences,
        // A report that is not shrunk to the end is better than none.
        interruptAfterTimeLimit: hungAfter - 20_000,
        markInterruptAsFailure: true,
        ...(path !== undefined && { path }),
      });
    },
  );
});
