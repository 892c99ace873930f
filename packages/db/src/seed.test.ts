import { verifyPassword } from "better-auth/crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { connect, type Database } from "./index.ts";
import { demo, seed } from "./seed.ts";
import { type FreshDatabase, freshDatabase, makeUser } from "./testing.ts";

let fresh: FreshDatabase;
let database: Database;

beforeAll(async () => {
  fresh = await freshDatabase();
  database = connect(fresh.url);
});

beforeEach(() => database.user.deleteMany());

afterAll(async () => {
  await database?.$disconnect();
  await fresh?.stop();
});

const everything = () =>
  database.user.findMany({ include: { accounts: true, tasks: true }, orderBy: { email: "asc" } });

test("makes the demo user with a password that opens the account, and some tasks", async () => {
  expect(await seed(database, {})).toBe("made");
  const [user, ...more] = await everything();
  expect(more).toEqual([]);
  expect(user).toMatchObject({ name: demo.name, email: demo.email });
  const [account] = user?.accounts ?? [];
  expect(account).toMatchObject({ providerId: "credential", accountId: user?.id });
  const hash = account?.password ?? "";
  expect(await verifyPassword({ hash, password: demo.password })).toBe(true);
  expect(await verifyPassword({ hash, password: `${demo.password}!` })).toBe(false);
  expect(user?.tasks.length).toBeGreaterThan(3);
  expect(new Set(user?.tasks.map(({ completed }) => completed))).toEqual(new Set([true, false]));
});

test("keeps what is there, and leaves other people alone", async () => {
  const other = await makeUser(database);
  await seed(database, {});
  await database.tasks.deleteMany({ where: { owner: { email: demo.email }, completed: true } });
  const before = await everything();
  expect(await seed(database, {})).toBe("kept");
  expect(await everything()).toEqual(before);
  expect(before.map(({ email }) => email).sort()).toEqual([demo.email, other.email].sort());
});

test.each([{ NODE_ENV: "production" }, { VERCEL: "1" }, { VERCEL: "1", NODE_ENV: "development" }])(
  "refuses %j, in words: everybody knows the password",
  async (env) => {
    await expect(seed(database, env)).rejects.toThrow(/not made in production/);
    expect(await everything()).toEqual([]);
  },
);
