import { passwordLogin } from "@tend/db/seed";
import { expect, test, vi } from "vitest";
import { database } from "#server/database.ts";
import { heldOpen, hungAfter } from "../../../hung.ts";
import { rounds } from "../../../long.ts";
import { cookieOf, fromHome, makeAccount } from "../../support/account.ts";
import { insist, needsOwnProcess, send } from "../../support/send.ts";

needsOwnProcess();

const newPassword = "ada likes 7 lemons";

type Account = Awaited<ReturnType<typeof makeAccount>>;

const signIn = ({ email, password }: { email: string; password: string }) =>
  send("POST", "/api/auth/sign-in/email", { body: { email, password } });

const change = ({ cookie, password }: Account, new_password = newPassword) =>
  send("POST", "/api/auth/change-password", {
    headers: fromHome(cookie),
    body: { current_password: password, new_password },
  });

const erase = ({ cookie, password }: Account) =>
  send("POST", "/api/auth/delete-user", { headers: fromHome(cookie), body: { password } });

const sessionsOf = ({ id }: Account) => database().session.count({ where: { userId: id } });

/** Ends when so many statements about this table wait for a lock. */
const waitsForLock = (table: string) =>
  vi.waitFor(
    async () => {
      const [found] = await database().$queryRaw<{ waiting: number }[]>`
        SELECT count(*)::int AS waiting FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
          AND position(${table} IN query) > 0 AND pid <> pg_backend_pid()`;
      expect(found?.waiting).toBeGreaterThan(0);
    },
    { timeout: hungAfter, interval: 5 },
  );

const isOpen = async (cookie: string): Promise<boolean> => {
  const { body } = await send("GET", "/api/auth/get-session", { headers: { Cookie: cookie } });
  return body !== null;
};

test("401 [A-11] a sign-in that has found the old password right, and is overtaken by its change", async () => {
  const ada = await makeAccount();
  const { create } = await passwordLogin(ada.id, newPassword);
  const answer = await database().$transaction(async (transaction) => {
    await transaction.account.updateMany({
      where: { userId: ada.id },
      data: { password: create.password ?? "" },
    });
    await transaction.session.deleteMany({ where: { userId: ada.id } });
    const overtaken = signIn(ada);
    await Promise.race([overtaken, waitsForLock("sessions")]);
    return () => overtaken;
  }, heldOpen);
  const { status, headers, body } = await answer();
  // The request may have waited too long on a busy machine.
  expect([401, 503]).toContain(status);
  if (status === 401) expect(body.code).toBe("invalid_email_or_password");
  expect(headers.getSetCookie()).toEqual([]);
  expect(await sessionsOf(ada)).toBe(0);
});

test("200 [A-11] a change of the password ends the session of a sign-in that was made just before it had the lock", async () => {
  const ada = await makeAccount();
  const answer = await database().$transaction(async (transaction) => {
    await transaction.$queryRaw`SELECT FROM accounts WHERE user_id = ${ada.id} FOR SHARE`;
    const changing = change(ada);
    await waitsForLock("accounts");
    const token = crypto.randomUUID();
    await transaction.session.create({
      data: { id: token, userId: ada.id, token, expiresAt: new Date(Date.now() + 60_000) },
    });
    return () => changing;
  }, heldOpen);
  const changed = await answer();
  if (changed.status === 503) expect((await change(ada)).status).toBe(200);
  else expect(changed.status).toBe(200);
  expect(await sessionsOf(ada)).toBe(1);
});

test("[A-11] no session begun with the old password survives its change, whenever it began", async () => {
  for (let round = 0; round < rounds(20, 10); round++) {
    const ada = await makeAccount();
    const [changed, ...begun] = await Promise.all([
      change(ada),
      ...Array.from({ length: 3 }, () => signIn(ada)),
    ]);
    expect([200, 503]).toContain(changed?.status);
    if (changed?.status !== 200) continue;
    for (const answer of begun) {
      expect([200, 401, 503]).toContain(answer.status);
      if (answer.status === 200) expect(await isOpen(cookieOf(answer))).toBe(false);
    }
    expect(await isOpen(cookieOf(changed))).toBe(true);
    expect(await sessionsOf(ada)).toBe(1);
  }
});

test("401 [A-11] of changes at the same time, all with the password of before, one is made", async () => {
  for (let round = 0; round < 3; round++) {
    const ada = await makeAccount();
    const passwords = Array.from({ length: 3 }, (_, n) => `${newPassword} ${n}`);
    const answers = await Promise.all(passwords.map((password) => change(ada, password)));
    const won = answers.flatMap(({ status }, n) => (status === 200 ? [passwords[n] ?? ""] : []));
    expect(won.length).toBeLessThanOrEqual(1);
    for (const { status, body } of answers.filter((answer) => answer.status === 401)) {
      expect([status, ["invalid_email_or_password", "no_session"]]).toEqual([
        401,
        expect.arrayContaining([body.code]),
      ]);
    }
    for (const { status } of answers) expect([200, 401, 503]).toContain(status);
    const [password = ada.password] = won;
    expect((await insist(() => signIn({ ...ada, password }))).status).toBe(200);
  }
});

test("401 [A-1] a sign-in beside the deletion of its account is refused or ended, and never a 500", async () => {
  for (let round = 0; round < rounds(20, 10); round++) {
    const ada = await makeAccount();
    const [erased, ...begun] = await Promise.all([
      erase(ada),
      ...Array.from({ length: 3 }, () => signIn(ada)),
    ]);
    for (const { status } of begun) expect([200, 401, 503]).toContain(status);
    expect([200, 503]).toContain(erased?.status);
    if (erased?.status === 200) expect(await sessionsOf(ada)).toBe(0);
  }
});

test("[A-11] a change of the password beside the deletion of its account is never a 500", async () => {
  for (let round = 0; round < 5; round++) {
    const ada = await makeAccount();
    const answers = await Promise.all([erase(ada), change(ada), erase(ada), change(ada)]);
    for (const { status } of answers) expect([200, 401, 503]).toContain(status);
  }
});
