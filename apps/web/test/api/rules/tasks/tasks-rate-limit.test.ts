import { addressForms, api, fillPath, type Operation } from "@tend/contracts";
import { makeTask, makeUser } from "@tend/db/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { database } from "#server/database.ts";
import { mintToken, seconds, tokenOf } from "../../support/mint-token.ts";
import { needsOwnProcess } from "../../support/send.ts";
import { storedTasks } from "../../support/stored.ts";

needsOwnProcess();

// The clock stands still, so that no minute ends between two requests.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** The app as another process has it: every module anew, with this limit. */
async function processWith(limit: string) {
  vi.resetModules();
  globalThis.tendRequests = undefined;
  vi.stubEnv("TASKS_RATE_LIMIT", limit);
  return await import("../../support/send.ts");
}

const limitOf = (headers: Headers) => {
  const [, policy] = /^"tasks";q=(\d+);w=60$/.exec(headers.get("RateLimit-Policy") ?? "") ?? [];
  const [, left, wait] = /^"tasks";r=(\d+);t=(\d+)$/.exec(headers.get("RateLimit") ?? "") ?? [];
  return { policy: Number(policy), left: Number(left), wait: Number(wait) };
};

const tasksOperations = Object.entries<Operation>(api)
  .filter(([, { security }]) => security === "bearer")
  .flatMap(([id, operation]) =>
    addressForms(operation.path).map((form) => ({ id, operation, form })),
  );

test.each(tasksOperations)(
  "[T-13] $id at $form says what is left, in success and in failure",
  async ({ operation, form }) => {
    const app = await processWith("50");
    const user = await makeUser(database());
    const token = tokenOf(user);
    const id = await makeTask(database(), user);
    const given = operation.bodyExample === undefined ? {} : { body: operation.bodyExample };
    const path = fillPath(form, { user_id: user.id, id });
    const answers = [
      await app.send(operation.method, path, { ...given, token }),
      await app.send(operation.method, `${path}?nonsense=1`, { ...given, token }),
      await app.send(operation.method, fillPath(form, { user_id: user.id, id: "no-uuid" }), {
        ...given,
        token,
      }),
      await app.send(operation.method, fillPath(form, { user_id: "nobody", id }), {
        ...given,
        token,
      }),
    ];
    for (const [index, { headers }] of answers.entries()) {
      const { policy, left, wait } = limitOf(headers);
      expect([policy, left, wait]).toEqual([50, 49 - index, 60]);
    }
  },
);

test("429 [T-13, E-3] the sixth of five requests is refused, and changes nothing", async () => {
  const app = await processWith("5");
  const user = await makeUser(database());
  const token = tokenOf(user);
  const make = () => app.send("POST", "/api/tasks", { token, body: { title: "Pay rent" } });
  const left: number[] = [];
  for (let time = 0; time < 5; time++) {
    const { status, headers } = await make();
    expect(status).toBe(201);
    left.push(limitOf(headers).left);
  }
  expect(left).toEqual([4, 3, 2, 1, 0]);
  const before = await storedTasks(user);
  for (const form of addressForms(api.createTask.path)) {
    const path = fillPath(form, { user_id: user.id });
    const { status, headers, body } = await app.send("POST", path, {
      token,
      body: { title: "One too many" },
    });
    expect([status, body.code]).toEqual([429, "too_many_requests"]);
    const wait = Number(headers.get("Retry-After"));
    expect([wait, limitOf(headers)]).toEqual([60, { policy: 5, left: 0, wait }]);
  }
  expect((await app.send("GET", "/api/tasks", { token })).status).toBe(429);
  expect(await storedTasks(user)).toEqual(before);
});

test("200 [T-13] whoever asks too much is refused alone", async () => {
  const app = await processWith("5");
  const [ada, bob] = [await makeUser(database()), await makeUser(database())];
  const list = (user: { id: string }) => app.send("GET", "/api/tasks", { token: tokenOf(user) });
  for (let time = 0; time < 5; time++) await list(ada);
  expect((await list(ada)).status).toBe(429);
  const his = await list(bob);
  expect([his.status, limitOf(his.headers).left]).toEqual([200, 4]);
});

test("[T-13] all tokens of one user count together", async () => {
  const app = await processWith("5");
  const user = await makeUser(database());
  const statuses: number[] = [];
  for (let time = 0; time < 6; time++) {
    const claims = { sub: user.id, iat: seconds(-time), exp: seconds(300 + time) };
    statuses.push((await app.send("GET", "/api/tasks", { token: mintToken(claims) })).status);
  }
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
});

test("[T-13] of twenty requests at the same time five are served", async () => {
  const app = await processWith("5");
  const token = tokenOf(await makeUser(database()));
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => app.send("GET", "/api/tasks", { token })),
  );
  const statuses = answers.map(({ status }) => status).sort();
  expect(statuses).toEqual([...Array(5).fill(200), ...Array(15).fill(429)]);
});

describe("401 [T-13]", () => {
  test("who is not known is not counted, and not told of a limit", async () => {
    const app = await processWith("5");
    const user = await makeUser(database());
    const expired = mintToken({ sub: user.id, iat: seconds(-900), exp: seconds(-1) });
    const forged = mintToken(
      { sub: user.id, iat: seconds(), exp: seconds(300) },
      { secret: "another secret, just as long as it takes" },
    );
    for (const given of [{}, { token: expired }, { token: forged }]) {
      for (let time = 0; time < 6; time++) {
        const { status, headers } = await app.send("GET", "/api/tasks", given);
        expect(status).toBe(401);
        expect([headers.has("RateLimit"), headers.has("RateLimit-Policy")]).toEqual([false, false]);
      }
    }
    const { status, headers } = await app.send("GET", "/api/tasks", { token: tokenOf(user) });
    expect([status, limitOf(headers).left]).toEqual([200, 4]);
  });
});

test("200 [T-13] in the next minute one begins anew", async () => {
  const app = await processWith("5");
  const user = await makeUser(database());
  const claims = { sub: user.id, iat: seconds(), exp: seconds(600) };
  const list = () => app.send("GET", "/api/tasks", { token: mintToken(claims) });
  for (let time = 0; time < 6; time++) await list();
  const refused = await list();
  expect(refused.status).toBe(429);
  const wait = Number(refused.headers.get("Retry-After"));
  vi.setSystemTime(Date.now() + wait * 1000);
  const { status, headers } = await list();
  expect([status, limitOf(headers).left]).toEqual([200, 4]);
});
