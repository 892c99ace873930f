import { limits } from "@tend/contracts";
import { expect, test } from "vitest";
import { database } from "#server/database.ts";
import { fromHome, makeAccount, signInAgain } from "../../support/account.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { type Sent, send } from "../../support/send.ts";

const list = (headers: Record<string, string>) =>
  send("GET", "/api/auth/list-sessions", { headers });

const idsOf = ({ body }: Sent): string[] => body.map(({ id }: { id: string }) => id);

test("200 [A-10] one's own live sessions, this one first, then by their last use", async () => {
  const ada = await makeAccount();
  await makeAccount();
  const device = { "User-Agent": "curl/8.5.0", "X-Forwarded-For": "192.0.2.7" };
  const cookies = [ada.cookie, await signInAgain(ada), await signInAgain(ada, device)];
  for (const cookie of cookies) {
    const { status, body } = await list({ Cookie: cookie });
    expect(status).toBe(200);
    const current = body.map((session: { current: boolean }) => session.current);
    expect(current).toEqual([true, false, false]);
  }
  const stored = await database().session.findMany({
    where: { userId: ada.id },
    orderBy: { updatedAt: "desc" },
  });
  const answer = await list({ Cookie: ada.cookie });
  expect(idsOf(answer).slice(1)).toEqual(stored.slice(0, 2).map(({ id }) => id));
  expect(answer.body[1]).toEqual({
    id: stored[0]?.id,
    created_at: stored[0]?.createdAt.toISOString(),
    updated_at: stored[0]?.updatedAt.toISOString(),
    expires_at: stored[0]?.expiresAt.toISOString(),
    user_agent: "curl/8.5.0",
    ip_address: "192.0.2.7",
    current: false,
  });
});

test("200 [A-10] of what a program says of itself the first 512 characters are kept", async () => {
  const ada = await makeAccount();
  const long = "x".repeat(9_000);
  await signInAgain(ada, { "User-Agent": `${"y".repeat(500)} ${long}` });
  const { body } = await list({ Cookie: ada.cookie });
  expect(body[1].user_agent).toBe(`${"y".repeat(500)} ${"x".repeat(11)}`);
});

test("200 [A-10] nothing of the answer opens a session", async () => {
  const ada = await makeAccount();
  const { text } = await list({ Cookie: ada.cookie });
  const { token } = await database().session.findFirstOrThrow({ where: { userId: ada.id } });
  expect(text).not.toContain(token);
});

test("200 [A-10] to whoever signed in days ago too", async () => {
  const { id, cookie } = await makeAccount();
  const createdAt = new Date(Date.now() - 5 * 24 * 60 * 60 * 1000);
  await database().session.updateMany({ where: { userId: id }, data: { createdAt } });
  const { status, body } = await list({ Cookie: cookie });
  expect([status, body[0].created_at]).toEqual([200, createdAt.toISOString()]);
});

test("200 [A-10] without those that are over, and no more than the limit", async () => {
  const { id, cookie } = await makeAccount();
  const [own] = idsOf(await list({ Cookie: cookie }));
  await database().session.updateMany({ where: { userId: id }, data: { updatedAt: new Date(0) } });
  await database().$executeRaw`
    INSERT INTO sessions (id, user_id, token, expires_at, updated_at)
    SELECT gen_random_uuid()::text, ${id}, gen_random_uuid()::text,
      now() + (CASE WHEN n > 150 THEN -1 ELSE 1 END) * interval '1 day', now()
    FROM generate_series(1, 200) AS n`;
  const ids = idsOf(await list({ Cookie: cookie }));
  expect([ids.length, ids[0]]).toEqual([limits.sessions, own]);
  await database().session.updateMany({
    where: { userId: id, id: { not: own ?? "" } },
    data: { expiresAt: new Date(Date.now() - 1000) },
  });
  expect(idsOf(await list({ Cookie: cookie }))).toEqual([own]);
});

test("[A-10] use shows within the hour", async () => {
  const { id, cookie } = await makeAccount();
  const hour = 60 * 60 * 1000;
  const ago = (hours: number) => ({
    updatedAt: new Date(Date.now() - hours * hour),
    expiresAt: new Date(Date.now() + (7 * 24 - hours) * hour),
  });
  await database().session.updateMany({ where: { userId: id }, data: ago(1.1) });
  const { headers } = await send("GET", "/api/auth/token", { headers: { Cookie: cookie } });
  expect(headers.getSetCookie().join()).toMatch(/session_token=/);
  const { body } = await list({ Cookie: cookie });
  expect(Date.now() - Date.parse(body[0].updated_at)).toBeLessThan(hour);
});

test("401 no_session [A-10] without a session; an API token is none", async () => {
  const ada = await makeAccount();
  for (const headers of [
    {},
    fromHome("tend.session_token=x.y"),
    { Authorization: `Bearer ${tokenOf(ada)}` },
  ]) {
    const { status, body } = await list(headers);
    expect([status, body.code]).toEqual([401, "no_session"]);
  }
});
