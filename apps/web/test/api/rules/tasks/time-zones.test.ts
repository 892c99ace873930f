import { connect, type Database } from "@tend/db";
import { type FreshDatabase, freshDatabase, makeUser } from "@tend/db/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tokenOf } from "../../support/mint-token.ts";
import { needsOwnProcess, send } from "../../support/send.ts";
import { recordStatements } from "../../support/statements.ts";
import { storedTasks } from "../../support/stored.ts";

needsOwnProcess();

// A database of its own, that has lost a zone.
let fresh: FreshDatabase;
let client: Database;
const lost = "Antarctica/Troll";

beforeAll(async () => {
  fresh = await freshDatabase();
  client = connect(fresh.url);
  recordStatements(client);
  await client.$executeRaw`ALTER FUNCTION is_time_zone RENAME TO really_is_time_zone`;
  await client.$executeRawUnsafe(`
    CREATE FUNCTION is_time_zone(text) RETURNS boolean LANGUAGE sql STABLE AS $$
      SELECT lower($1) <> lower('${lost}') AND really_is_time_zone($1) $$`);
});

afterAll(async () => {
  await client?.$disconnect();
  await fresh?.stop();
});

const due = { due_date: "2026-12-01", due_time: "09:30" };

test("201 [T-16] every zone that Node knows is taken or refused, and is answered as it was given", async () => {
  const token = tokenOf(await makeUser(client));
  const zones = Intl.supportedValuesOf("timeZone").filter((zone) => zone.includes("/"));
  expect(zones.length).toBeGreaterThan(300);
  const rows = await client.$queryRaw<{ zone: string }[]>`
    SELECT zone FROM unnest(${zones}::text[]) AS zone WHERE is_time_zone(zone)`;
  const known = rows.map(({ zone }) => zone);
  expect(known.length).toBeGreaterThan(300);
  for (let from = 0; from < known.length; from += 100) {
    const some = known.slice(from, from + 100);
    const operations = some.map((time_zone) => ({
      operation: "create",
      task: { title: "x", ...due, time_zone },
    }));
    const { status, body } = await send("POST", "/api/tasks/batch", {
      token,
      body: { operations },
    });
    expect(status).toBe(200);
    expect(body.results.map(({ task }: { task: object }) => task)).toMatchObject(
      some.map((time_zone) => ({ ...due, time_zone })),
    );
  }
  for (const time_zone of zones.filter((zone) => !known.includes(zone))) {
    const { status } = await send("POST", "/api/tasks", {
      token,
      body: { title: "x", ...due, time_zone },
    });
    expect([time_zone, status]).toEqual([time_zone, 422]);
  }
});

test("201 [T-12, T-16] with a key, ten zones are asked for at once where their transactions ask", async () => {
  const zones = Array.from({ length: 14 }, (_, hours) => `Etc/GMT-${hours + 1}`);
  // Each write is another user's: those of one user wait for each other's commit.
  const users = await Promise.all(zones.map(() => makeUser(client)));
  const answers = await Promise.all(
    zones.map((time_zone, at) =>
      send("POST", "/api/tasks", {
        token: tokenOf(users[at] ?? expect.unreachable()),
        body: { title: "x", ...due, time_zone },
        headers: { "Idempotency-Key": crypto.randomUUID() },
      }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(zones.map(() => 201));
});

test("422 [T-16, T-17, E-3] a zone that the database does not know is refused by its place", async () => {
  const user = await makeUser(client);
  const token = tokenOf(user);
  const ask = async (method: string, path: string, body?: object) => {
    const answer = await send(method, path, { token, ...(body && { body }) });
    return [answer.status, answer.body.errors?.map(({ path }: { path: unknown[] }) => path)];
  };
  const task = { title: "x", ...due, time_zone: lost };
  const made = await send("POST", "/api/tasks", { token, body: { title: "x", ...due } });
  const before = await storedTasks(user);
  const { id } = made.body;
  const place = [["body", "time_zone"]];
  expect(await ask("POST", "/api/tasks", task)).toEqual([422, place]);
  expect(await ask("PUT", `/api/tasks/${id}`, { time_zone: lost })).toEqual([422, place]);
  expect(await ask("PATCH", `/api/tasks/${id}`, { time_zone: lost.toUpperCase() })).toEqual([
    422,
    place,
  ]);
  expect(await ask("GET", `/api/tasks?due=today&time_zone=${lost}`)).toEqual([
    422,
    [["query", "time_zone"]],
  ]);
  const operations = [
    { operation: "create", task: { title: "y" } },
    { operation: "create", task },
    { operation: "update", id, change: { time_zone: lost } },
  ];
  for (const atomic of [true, false]) {
    expect(await ask("POST", "/api/tasks/batch", { operations, atomic })).toEqual([
      422,
      [
        ["body", "operations", 1, "task", "time_zone"],
        ["body", "operations", 2, "change", "time_zone"],
      ],
    ]);
  }
  expect(await storedTasks(user)).toEqual(before);
});
