import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { newUser } from "../../support/account.ts";
import { needsOwnProcess } from "../../support/send.ts";

needsOwnProcess();

// The clock stands still: all that is asked is asked within one minute.
beforeAll(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});

afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** The app as another process of a deployment has it: every module anew. */
async function anotherProcess() {
  vi.unstubAllEnvs();
  vi.resetModules();
  // The log is first used before NODE_ENV is production, so that the run stays silent.
  (await import("#server/log.ts")).log();
  vi.stubEnv("NODE_ENV", "production");
  return await import("../../support/send.ts");
}

test("429 [E-2] the sign-ins of one caller are limited, in every process, and nobody else's", async () => {
  // A documentation address (RFC 3849) of this run's own: the counts outlive the test.
  const caller = `2001:db8:${crypto.randomUUID().slice(0, 4)}::1`;
  const guess = async (app: typeof import("../../support/send.ts"), address: string) =>
    app.send("POST", "/api/auth/sign-in/email", {
      // Another account each time: here it is the caller who is counted.
      body: { email: newUser().email, password: newUser().email },
      headers: { "X-Forwarded-For": address },
    });

  const first = await anotherProcess();
  const statuses: number[] = [];
  for (let turn = 0; turn < 19; turn++) statuses.push((await guess(first, caller)).status);
  const second = await anotherProcess();
  statuses.push((await guess(second, caller)).status);
  expect(statuses).toEqual(Array(20).fill(401));

  const { status, headers, body } = await guess(second, caller);
  expect([status, body.code]).toEqual([429, "too_many_requests"]);
  const wait = Number(headers.get("Retry-After"));
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(60);
  expect((await guess(first, caller)).status).toBe(429);
  const elsewhere = `2001:db8:${crypto.randomUUID().slice(0, 4)}:1::1`;
  expect((await guess(second, elsewhere)).status).toBe(401);
});
