import { afterEach, expect, test, vi } from "vitest";
import { database } from "#server/database.ts";
import { accountOf } from "#server/sign-in-guard.ts";
import { hungAfter } from "../hung.ts";
import { fromHome, makeAccount, newUser } from "./account.ts";
import { isElsewhere, type Sent, send } from "./send.ts";

/** A sign-in from an address that nobody else has. */
const signIn = (email: string, password = "not the password", app = { send }): Promise<Sent> =>
  app.send("POST", "/api/auth/sign-in/email", {
    body: { email, password },
    headers: { "X-Forwarded-For": `2001:db8:${crypto.randomUUID().slice(0, 4)}::1` },
  });

async function statusesOf(times: number, attempt: () => Promise<Sent>): Promise<number[]> {
  const statuses: number[] = [];
  for (let turn = 0; turn < times; turn++) statuses.push((await attempt()).status);
  return statuses;
}

interface Failures {
  readonly failures: number;
  readonly waits: boolean;
}

const failuresOf = async (email: string): Promise<Failures | undefined> => {
  const [row] = await database().$queryRaw<Failures[]>`
    SELECT failures, locked_until > now() IS TRUE AS waits
    FROM sign_in_failures WHERE account = ${accountOf(email)}`;
  return row;
};

const setFailures = (email: string, failures: number, daysAgo = 0) => database().$executeRaw`
  INSERT INTO sign_in_failures (account, failures, last_failure_at)
  VALUES (${accountOf(email)}, ${failures}, now() - ${daysAgo}::int * interval '1 day')`;

/** Moves what is stored of this account back, as if the time had gone by. */
const pass = (email: string, seconds: number) => database().$executeRaw`
  UPDATE sign_in_failures SET
    last_failure_at = last_failure_at - ${seconds}::int * interval '1 second',
    locked_until = locked_until - ${seconds}::int * interval '1 second'
  WHERE account = ${accountOf(email)}`;

/** From now on each count of this account locks its row for as long as a disk that stalls. */
async function slowCommits(email: string) {
  const name = `slow_${crypto.randomUUID().replaceAll("-", "")}`;
  // Tried again, since sign-ins of other tests hold the table for a moment.
  const run = (statement: string) =>
    vi.waitFor(() => database().$executeRawUnsafe(statement), { timeout: hungAfter });
  await run(`CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN PERFORM pg_sleep(0.4); RETURN NULL; END $$`);
  await run(`CREATE CONSTRAINT TRIGGER ${name} AFTER INSERT OR UPDATE ON sign_in_failures
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.account = '${accountOf(email)}')
    EXECUTE FUNCTION ${name}()`);
  return { end: () => run(`DROP FUNCTION ${name} CASCADE`) };
}

/** All that a caller sees of an answer but its numbers. */
const alike = ({ status, headers, body }: Sent) => [
  status,
  [...headers.keys()],
  { ...body, request_id: "" },
];

test("429 [A-1] after 20 wrong passwords from as many addresses the account waits", async () => {
  const { email, password } = await makeAccount();
  await setFailures(email, 16);
  expect(await statusesOf(4, () => signIn(email))).toEqual([401, 401, 401, 401]);
  for (const attempt of ["not the password", password]) {
    const { status, headers, body } = await signIn(email.toUpperCase(), attempt);
    expect([status, body.code]).toEqual([429, "too_many_requests"]);
    const seconds = Number(headers.get("Retry-After"));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(30);
    expect(headers.get("RateLimit-Policy")).toBe('"sign-in";q=20');
    expect(headers.get("RateLimit")).toBe(`"sign-in";r=0;t=${seconds}`);
    expect(headers.getSetCookie()).toEqual([]);
  }
  expect(await failuresOf(email)).toEqual({ failures: 20, waits: true });
});

test("429 [A-1] of 40 guesses at the same time 20 are tried", async () => {
  const guess = async () => {
    const { email } = await makeAccount();
    const answers = await Promise.all(Array.from({ length: 40 }, () => signIn(email)));
    return answers.map(({ status }) => status).sort();
  };
  let statuses = await guess();
  // One that waited too long on a busy machine (C-6) was not looked at: another account then.
  while (statuses.includes(503)) statuses = await guess();
  expect(statuses).toEqual([...Array(20).fill(401), ...Array(20).fill(429)]);
});

test("429 [A-1] guesses of which each commit outlasts a lock timeout", async () => {
  const { email } = await makeAccount();
  await setFailures(email, 16);
  const slow = await slowCommits(email);
  try {
    const answers = await Promise.all(Array.from({ length: 10 }, () => signIn(email)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(4).fill(401), ...Array(6).fill(429)]);
    expect(await failuresOf(email)).toEqual({ failures: 20, waits: true });
  } finally {
    await slow.end();
  }
});

test("429 [A-1] after a wait, of 10 guesses at the same time one is tried", async () => {
  const { email } = await makeAccount();
  await setFailures(email, 20);
  const answers = await Promise.all(Array.from({ length: 10 }, () => signIn(email)));
  const statuses = answers.map(({ status }) => status).sort();
  expect(statuses).toEqual([401, ...Array(9).fill(429)]);
});

test("429 [A-1] the wait doubles up to a day, so that a month has room for fewer than 100 guesses", async () => {
  const { email } = newUser();
  const day = 86_400;
  await setFailures(email, 19);
  let guesses = 19;
  let elapsed = 0;
  for (let wait = 30, longest = 0; longest < 2; wait = Math.min(2 * wait, day)) {
    const start = performance.now();
    expect((await signIn(email)).status).toBe(401);
    guesses++;
    const { status, headers } = await signIn(email);
    expect(status).toBe(429);
    const seconds = Number(headers.get("Retry-After"));
    expect(seconds).toBeLessThanOrEqual(wait);
    expect(seconds).toBeGreaterThanOrEqual(wait - (performance.now() - start) / 1_000);
    await pass(email, wait);
    elapsed += wait;
    if (wait === day) longest++;
  }
  expect(await failuresOf(email)).toEqual({ failures: guesses, waits: false });
  expect(guesses + (30 * day - elapsed) / day).toBeLessThan(100);
});

test("200 [A-1] after the wait the owner gets in, and the count begins anew", async () => {
  const { email, password } = await makeAccount();
  await setFailures(email, 40);
  expect((await signIn(email)).status).toBe(401);
  expect((await signIn(email, password)).status).toBe(429);
  await pass(email, 86_400);
  expect((await signIn(email, password)).status).toBe(200);
  expect(await failuresOf(email)).toBeUndefined();
  expect((await signIn(email)).status).toBe(401);
  expect(await failuresOf(email)).toEqual({ failures: 1, waits: false });
});

test.each([
  [29, { failures: 51, waits: true }],
  [31, { failures: 1, waits: false }],
])("401 [A-1] a failure %i days after the last one", async (days, expected) => {
  const { email } = newUser();
  await setFailures(email, 50, days);
  expect((await signIn(email)).status).toBe(401);
  expect(await failuresOf(email)).toEqual(expected);
});

test("[A-1] neither status, body nor time tells an unknown email from a wrong password", async () => {
  const known = await makeAccount();
  const unknown = newUser();
  const times: Record<string, number[]> = { [known.email]: [], [unknown.email]: [] };
  for (const { email } of [known, unknown]) await setFailures(email, 9);
  for (let turn = 0; turn < 13; turn++) {
    const answers: Sent[] = [];
    for (const { email } of [known, unknown]) {
      const start = performance.now();
      answers.push(await signIn(email));
      if (turn < 11) times[email]?.push(performance.now() - start);
    }
    const [one, other] = answers.map(alike);
    expect(one).toEqual(other);
    expect(one?.[0]).toBe(turn < 11 ? 401 : 429);
  }
  // What else the machine does makes an answer later, never sooner: the quickest of each count.
  const [one = 0, other = 0] = Object.values(times).map((all) => Math.min(...all));
  // Without hashing, an unknown email would be answered in a tenth of the time.
  expect(one / other).toBeGreaterThan(0.5);
  expect(one / other).toBeLessThan(2);
});

test("[A-1] no email is stored of those who fail", async () => {
  const { email } = newUser();
  await signIn(email);
  const [row] = await database().$queryRaw<{ text: string }[]>`
    SELECT f::text AS text FROM sign_in_failures f WHERE account = ${accountOf(email)}`;
  expect(row?.text).toMatch(/^\([0-9a-f]{64},1,/);
  expect(row?.text).not.toContain(email.slice(0, 8));
});

test("429 [A-1] guesses at deleting the account count along", async () => {
  const { id, email, password, cookie } = await makeAccount();
  const erase = (given: string) =>
    send("POST", "/api/auth/delete-user", { headers: fromHome(cookie), body: { password: given } });
  await setFailures(email, 10);
  const guess = () => erase("not the password");
  expect(await statusesOf(10, guess)).toEqual(Array(10).fill(401));
  expect((await erase(password)).status).toBe(429);
  expect((await signIn(email, password)).status).toBe(429);
  expect(await database().user.count({ where: { id } })).toBe(1);
});

test("429 [A-7] guesses at the current password count along where a new one is set", async () => {
  const { id, email, password, cookie } = await makeAccount();
  const change = (current_password: string) =>
    send("POST", "/api/auth/change-password", {
      headers: fromHome(cookie),
      body: { current_password, new_password: "ada likes 7 lemons" },
    });
  const before = await database().account.findMany({ where: { userId: id } });
  await setFailures(email, 10);
  expect(await statusesOf(10, () => change("not the password"))).toEqual(Array(10).fill(401));
  expect((await change(password)).status).toBe(429);
  expect((await signIn(email, password)).status).toBe(429);
  expect(await database().account.findMany({ where: { userId: id } })).toEqual(before);
  await pass(email, 86_400);
  expect((await change(password)).status).toBe(200);
  expect(await failuresOf(email)).toBeUndefined();
});

test("[A-1] a sign-in sweeps away the counts of others that are over", async () => {
  const { email, password } = await makeAccount();
  const [over, counting] = [newUser().email, newUser().email];
  await setFailures(over, 50, 31);
  await setFailures(counting, 50, 29);
  expect((await signIn(email, password)).status).toBe(200);
  expect(await failuresOf(over)).toBeUndefined();
  expect(await failuresOf(counting)).toMatchObject({ failures: 50 });
});

/** The app as it runs in production, every module anew. */
async function inProduction(): Promise<typeof import("./send.ts")> {
  vi.resetModules();
  // Asked for its level before production is said, so that the run stays silent.
  (await import("#server/log.ts")).log();
  vi.stubEnv("NODE_ENV", "production");
  return await import("./send.ts");
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

test("429 [A-1] in production too", async ({ skip }) => {
  skip(isElsewhere);
  const { email, password } = await makeAccount();
  await setFailures(email, 18);
  const app = await inProduction();
  const guess = () => signIn(email, undefined, app);
  expect(await statusesOf(3, guess)).toEqual([401, 401, 429]);
  const { status, headers } = await signIn(email, password, app);
  expect([status, headers.has("RateLimit")]).toEqual([429, true]);
});

test("[E-2] Better Auth sweeps away the counts by address that are over", async ({ skip }) => {
  skip(isElsewhere);
  const app = await inProduction();
  const group = crypto.randomUUID().slice(0, 4);
  const guess = () =>
    app.send("POST", "/api/auth/sign-in/email", {
      body: { email: newUser().email, password: "not the password" },
      headers: { "X-Forwarded-For": `2001:db8:${group}::1` },
    });
  await guess();
  const aged = await database().$executeRaw`
    UPDATE rate_limits SET last_request = last_request - 120000 WHERE key LIKE ${`%:${group}:%`}`;
  expect(aged).toBe(1);
  const id = crypto.randomUUID();
  await database().rateLimit.create({ data: { id, key: id, count: 1, lastRequest: 0 } });
  await guess();
  expect(await database().rateLimit.count({ where: { id } })).toBe(0);
});
