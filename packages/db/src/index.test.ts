import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  causesOf,
  connect,
  type Database,
  isCurrent,
  isForeignKeyViolation,
  isUniqueViolation,
  isUnreachable,
  Prisma,
} from "./index.ts";
import { type FreshDatabase, freshDatabase, makeTask, makeUser } from "./testing.ts";

let fresh: FreshDatabase;
let database: Database;

beforeAll(async () => {
  fresh = await freshDatabase();
  database = connect(fresh.url);
});

afterAll(async () => {
  await database?.$disconnect();
  await fresh?.stop();
});

/** The error that a query is refused with. */
const caught = (promise: PromiseLike<unknown>): PromiseLike<unknown> =>
  promise.then(
    () => expect.unreachable("It should have failed."),
    (error: unknown) => error,
  );

const kindsOf = (error: unknown) => ({
  unreachable: isUnreachable(error),
  unique: isUniqueViolation(error),
  foreign: isForeignKeyViolation(error),
});

const none = { unreachable: false, unique: false, foreign: false };

test("connecting opens nothing before the first query", async () => {
  const client = connect("postgresql://nobody@127.0.0.1:1/none");
  await client.$disconnect();
});

test("the session speaks UTC, whatever the database is set to", async () => {
  const [{ name } = { name: "" }] = await database.$queryRaw<
    { name: string }[]
  >`SELECT current_database() AS name`;
  await database.$executeRawUnsafe(`ALTER DATABASE "${name}" SET timezone TO 'Asia/Kathmandu'`);
  const client = connect(fresh.url);
  try {
    const [row] = await client.$queryRaw<{ zone: string }[]>`
      SELECT current_setting('TimeZone') AS zone`;
    expect(row?.zone).toBe("UTC");
    const user = await makeUser(client);
    const createdAt = new Date("2026-03-29T01:30:00.007Z");
    await client.user.update({ where: { id: user.id }, data: { createdAt } });
    const stored = await client.user.findUniqueOrThrow({ where: { id: user.id } });
    expect(stored.createdAt).toEqual(createdAt);
    const [written] = await client.$queryRaw<{ text: string }[]>`
      SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') AS text
      FROM users WHERE id = ${user.id}`;
    expect(written?.text).toBe("2026-03-29 01:30:00.007");
  } finally {
    await client.$disconnect();
    await database.$executeRawUnsafe(`ALTER DATABASE "${name}" RESET timezone`);
  }
});

test("a migrated database is current, until its newest migration is undone", async () => {
  expect(await isCurrent(database)).toBe(true);
  await database.$executeRaw`UPDATE "_prisma_migrations" SET finished_at = NULL`;
  expect(await isCurrent(database)).toBe(false);
  await database.$executeRaw`UPDATE "_prisma_migrations" SET finished_at = now()`;
});

describe("an error that says the database is not there, or not now", () => {
  test.each([
    ["a closed port", "postgresql://nobody@127.0.0.1:1/none"],
    ["a host that there is not", "postgresql://nobody@nowhere.invalid/none"],
  ])("%s", async (_, url) => {
    const client = connect(url);
    const raw = await caught(client.$queryRaw`SELECT 1`);
    const model = await caught(client.user.findFirst());
    const transaction = await caught(client.$transaction(async (tx) => tx.user.findFirst()));
    for (const error of [raw, model, transaction]) {
      expect(kindsOf(error)).toEqual({ ...none, unreachable: true });
    }
    await client.$disconnect();
  });

  test.each([
    ["a wrong password", (url: URL) => Object.assign(url, { password: "wrong" })],
    ["a role that there is not", (url: URL) => Object.assign(url, { username: "nobody" })],
    ["a database that there is not", (url: URL) => Object.assign(url, { pathname: "/none" })],
    [
      "a server without TLS where it is asked for",
      (url: URL) => Object.assign(url, { search: "?sslmode=verify-full" }),
    ],
  ])("%s", async (_, change) => {
    const client = connect(change(new URL(fresh.url)).href);
    const outcome = await client.$queryRaw`SELECT 1`.catch((error: unknown) => error);
    expect(kindsOf(outcome)).toEqual({ ...none, unreachable: true });
    await client.$disconnect();
  });

  test("a connection that the server ends in the middle of a statement", async () => {
    const client = connect(fresh.url);
    const waiting = caught(client.$queryRaw`SELECT 'to be ended', pg_sleep(8)::text`);
    const end = () => database.$queryRaw<{ ended: boolean }[]>`
      SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
      WHERE query LIKE '%to be ended%' AND state = 'active' AND pid <> pg_backend_pid()`;
    while ((await end()).length === 0);
    expect(kindsOf(await waiting)).toEqual({ ...none, unreachable: true });
    const again = await client.$queryRaw`SELECT 1 AS one`;
    expect(again).toEqual([{ one: 1 }]);
    await client.$disconnect();
  });

  test("a connection that the server ends while nobody uses it costs nothing", async () => {
    const client = connect(fresh.url);
    const idle = Prisma.sql`SELECT 1 AS "idle, to be ended"`;
    // Nothing here goes through Prisma, which would listen for the error of the pool.
    await client.query(idle);
    const end = () => database.$queryRaw<{ ended: boolean }[]>`
      SELECT pg_terminate_backend(pid, 5000) AS ended FROM pg_stat_activity
      WHERE query LIKE '%idle, to be ended%' AND pid <> pg_backend_pid()`;
    while ((await end()).length > 0);
    expect(await client.query(idle)).toHaveLength(1);
    await client.$disconnect();
  });

  test("a table that is not there yet: migrations are missing", async () => {
    const error = await caught(database.$queryRaw`SELECT * FROM tasks_of_a_later_version`);
    expect(kindsOf(error)).toEqual({ ...none, unreachable: true });
  });

  test.each([
    ["a lock that is not given", "55P03"],
    ["a statement that takes too long", "57014"],
    ["a server that shuts down", "57P01"],
    ["a server that starts up", "57P03"],
    ["too many connections", "53300"],
    ["a disk that is full", "53100"],
    ["a connection that breaks", "08006"],
  ])("%s (%s)", async (_, state) => {
    const error = await caught(
      database.$executeRawUnsafe(
        `DO $$ BEGIN RAISE EXCEPTION 'as asked' USING ERRCODE = '${state}'; END $$`,
      ),
    );
    expect(kindsOf(error)).toEqual({ ...none, unreachable: true });
  });
});

describe("an error that says something else", () => {
  test("a key that is taken", async () => {
    const user = await makeUser(database);
    const id = await makeTask(database, user);
    const data = { owner_user_id: user.id, id, title: "x" };
    for (const attempt of [
      () => database.tasks.create({ data }),
      () => database.$executeRaw`
        INSERT INTO tasks (owner_user_id, id, title) VALUES (${user.id}, ${id}::uuid, 'x')`,
      () => makeUser(database, { email: user.email }),
    ]) {
      expect(kindsOf(await caught(attempt()))).toEqual({ ...none, unique: true });
    }
  });

  test("an owner that there is not", async () => {
    const id = crypto.randomUUID();
    for (const attempt of [
      () => makeTask(database, { id: "nobody" }),
      () => database.$queryRaw`
        INSERT INTO tasks (owner_user_id, id, title) VALUES ('nobody', ${id}::uuid, 'x')
        ON CONFLICT DO NOTHING RETURNING id`,
    ]) {
      expect(kindsOf(await caught(attempt()))).toEqual({ ...none, foreign: true });
    }
  });

  test.each([
    ["a statement that is wrong", "SELEKT 1"],
    ["a column that there is not", "SELECT nothing FROM users"],
    ["a value of the wrong kind", "SELECT 'x'::uuid"],
    ["a division by zero", "SELECT 1 / 0"],
  ])("%s", async (_, sql) => {
    expect(kindsOf(await caught(database.$queryRawUnsafe(sql)))).toEqual(none);
  });

  test("a value that a CHECK refuses: the last wall behind the API's own checks", async () => {
    const user = await makeUser(database);
    for (const data of [
      { title: "" },
      { title: "😀".repeat(201) },
      { title: "x", description: "é".repeat(10_001) },
    ]) {
      expect(kindsOf(await caught(makeTask(database, user, data)))).toEqual(none);
    }
    for (const day of ["0001-01-01 BC", "10000-01-01", "infinity", "-infinity"]) {
      const insert = database.$executeRaw`
        INSERT INTO tasks (owner_user_id, id, title, due_date)
        VALUES (${user.id}, gen_random_uuid(), 'x', ${day}::date)`;
      expect(kindsOf(await caught(insert))).toEqual(none);
    }
    expect(await database.tasks.count({ where: { owner_user_id: user.id } })).toBe(0);
  });

  test.each([
    new Error("boom"),
    new TypeError("fetch failed"),
    undefined,
    null,
    "Connection terminated",
    { kind: "DatabaseNotReachable" },
  ])("what is no error of the database: %s", (error) => {
    expect(kindsOf(error)).toEqual(none);
  });
});

test("an undefined filter is refused, and does not open everybody's tasks", async () => {
  const owner_user_id = undefined as unknown as string;
  await expect(database.tasks.findMany({ where: { owner_user_id } })).rejects.toBeInstanceOf(
    Prisma.PrismaClientValidationError,
  );
});

test("[E-4] why a database is not to be reached is said without its address, name or role", async () => {
  const url = new URL(fresh.url);
  url.pathname = "/surprise";
  const client = connect(url.href);
  try {
    const direct = await caught(client.query(Prisma.sql`SELECT 1`));
    expect(causesOf(direct)).toEqual([{ name: "error", code: "3D000" }]);
    const viaPrisma = await caught(client.$queryRaw`SELECT 1`);
    expect(causesOf(viaPrisma)).toEqual([{ name: "DatabaseDoesNotExist", code: "3D000" }]);
  } finally {
    await client.$disconnect();
  }
});

test("[E-4] an error that quotes what was asked is named without its message", async () => {
  const quoting = await caught(database.query(Prisma.sql`SELECT ${"surprise"}::int`));
  const cause = new Error("surprise", { cause: quoting });
  expect(causesOf(cause)).toEqual([{ name: "Error" }, { name: "error", code: "22P02" }]);
  expect(causesOf("surprise")).toEqual([]);
});
