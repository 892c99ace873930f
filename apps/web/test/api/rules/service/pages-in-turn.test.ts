import type { Database, Prisma } from "@tend/db";
import { makeTask, makeUser } from "@tend/db/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { verifiedUserId } from "#server/auth/user-id.ts";
import { database } from "#server/database.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { needsOwnProcess } from "../../support/send.ts";
import { recordStatements } from "../../support/statements.ts";

needsOwnProcess();

// The clock stands still, so that no minute ends between two requests.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const first = { status: "all", sort: "created", order: "desc", limit: 100 } as const;

/** Somebody with three tasks, and the app as another process has it, with this limit. */
async function withLimit(limit: number) {
  vi.resetModules();
  globalThis.tendRequests = undefined;
  vi.stubEnv("TASKS_RATE_LIMIT", String(limit));
  const [{ send }, { countTasksForPage, readTasksPage }] = await Promise.all([
    import("../../support/send.ts"),
    import("#server/http/pages/tasks-page.ts"),
  ]);
  const user = await makeUser(database());
  for (let n = 0; n < 3; n++) await makeTask(database(), user);
  const id = verifiedUserId(user.id);
  return {
    page: () => readTasksPage(id, first),
    count: () => countTasksForPage(id),
    list: () => send("GET", "/api/tasks", { token: tokenOf(user) }),
  };
}

test("429 [T-13] a page counts as a request of its user, and is not read beyond the limit", async () => {
  const { page, count, list } = await withLimit(4);
  expect((await page()).tasks).toHaveLength(3);
  expect((await list()).headers.get("RateLimit")).toContain("r=2");
  expect(await count()).toEqual({ all: 3, pending: 3, completed: 0 });
  expect((await list()).status).toBe(200);
  const statements = recordStatements(database());
  await expect(page()).rejects.toMatchObject({ code: "too_many_requests" });
  await expect(count()).rejects.toMatchObject({ code: "too_many_requests" });
  expect(statements).toEqual([]);
  expect((await list()).status).toBe(429);
});

test("[C-6] pages, however many at once, take their turns at four connections", async () => {
  const { page } = await withLimit(100);
  const whole = database();
  let running = 0;
  let most = 0;
  const counted = async <T>(run: () => Promise<T>): Promise<T> => {
    most = Math.max(most, ++running);
    return run().finally(() => running--);
  };
  // A client with an extension has every method that the app calls on one without.
  globalThis.tendDatabase = whole.$extends({
    client: { query: (statement: Prisma.Sql) => counted(() => whole.query(statement)) },
    query: { $queryRaw: ({ args, query }) => counted(async () => query(args)) },
  }) as unknown as Database;
  try {
    const pages = await Promise.allSettled(Array.from({ length: 12 }, page));
    expect(most).toBeLessThanOrEqual(4);
    expect(pages.some(({ status }) => status === "fulfilled")).toBe(true);
  } finally {
    globalThis.tendDatabase = whole;
  }
});
