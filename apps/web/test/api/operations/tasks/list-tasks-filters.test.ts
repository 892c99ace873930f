import { addressForms, api, fillPath, type Task } from "@tend/contracts";
import { makeUser } from "@tend/db/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { database } from "#server/database.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { createTask, type Sent, send } from "../../support/send.ts";

async function makeLister(tasks: readonly object[] = []) {
  const user = await makeUser(database());
  const token = tokenOf(user);
  for (const task of tasks) await createTask(token, task);
  const list = (query: Record<string, string>, path = "/api/tasks"): Promise<Sent> =>
    send("GET", `${path}?${new URLSearchParams(query)}`, { token });
  const titles = async (query: Record<string, string>, path?: string): Promise<string[]> => {
    const { status, body } = await list({ sort: "title", ...query }, path);
    expect([query, status]).toEqual([query, 200]);
    return body.map(({ title }: Task) => title);
  };
  return { user, token, list, titles };
}

describe.each(addressForms(api.listTasks.path))("at %s", (form) => {
  test("200 [T-14, T-15] by tag and priority, alone, together, and with words and status", async () => {
    const { user, titles } = await makeLister([
      { title: "a rent", tags: ["Home", "money"], priority: "high" },
      { title: "b plants", tags: ["home"], priority: "low", completed: true },
      { title: "c report", tags: ["work"], priority: "high" },
      { title: "d homework", description: "#home !high", completed: true },
      { title: "e nothing" },
    ]);
    const found = (query: Record<string, string>) =>
      titles(query, fillPath(form, { user_id: user.id }));
    expect(await found({ tag: "home" })).toEqual(["a rent", "b plants"]);
    expect(await found({ tag: "HOME" })).toEqual(["a rent", "b plants"]);
    expect(await found({ tag: "hom" })).toEqual([]);
    expect(await found({ priority: "high" })).toEqual(["a rent", "c report"]);
    expect(await found({ priority: "none" })).toEqual(["d homework", "e nothing"]);
    expect(await found({ priority: "medium" })).toEqual([]);
    expect(await found({ tag: "home", priority: "high" })).toEqual(["a rent"]);
    expect(await found({ tag: "home", status: "completed" })).toEqual(["b plants"]);
    expect(await found({ tag: "home", q: "pla" })).toEqual(["b plants"]);
    expect(await found({ priority: "none", q: "home" })).toEqual(["d homework"]);
    expect(await found({ priority: "none", status: "pending", due: "none" })).toEqual([
      "e nothing",
    ]);
  });
});

test("200 [T-11, T-15] the words of a tag are found, and go with it", async () => {
  const { token, titles } = await makeLister([{ title: "a", tags: ["Straßen-Fest", "日本語"] }]);
  const [task] = (await send("GET", "/api/tasks", { token })).body;
  for (const q of ["strasse", "fest", "本語", "a stra"]) expect(await titles({ q })).toEqual(["a"]);
  await send("PUT", `/api/tasks/${task.id}`, { token, body: { tags: ["other"] } });
  expect(await titles({ q: "fest" })).toEqual([]);
  expect(await titles({ tag: "日本語" })).toEqual([]);
  expect(await titles({ tag: "Other" })).toEqual(["a"]);
});

test.each([
  ["ÉTÉ", "e\u0301te\u0301"],
  ["İstanbul", "i̇stanbul"],
  ["ΟΔΟΣ", "οδος"],
  ["ＡＢＣ", "abc"],
  ["c++", "C++"],
  ["it's", "IT'S"],
  ["a\\b'", "A\\B'"],
  ["a:*&b|!c", "A:*&B|!C"],
  ["😀", "😀"],
  ["ﷺ".repeat(50), "ﷺ".repeat(50)],
  ["ǅ".repeat(50), "ǆ".repeat(50)],
])("200 [T-15] the tag %s is found as %s, and nothing else is", async (tag, asked) => {
  const { titles } = await makeLister([
    { title: "a", tags: ["x", tag] },
    { title: "b", tags: ["x"], description: tag },
  ]);
  expect(await titles({ tag: asked })).toEqual(["a"]);
});

test("200 [T-15, O-1] nothing of others is found", async () => {
  const ada = await makeLister([{ title: "Ada's", tags: ["shared"], priority: "high" }]);
  const bob = await makeLister([{ title: "Bob's", tags: ["shared"], priority: "high" }]);
  for (const query of [{ tag: "shared" }, { priority: "high" }, { due: "none" }]) {
    expect(await ada.titles(query)).toEqual(["Ada's"]);
    expect(await bob.titles(query)).toEqual(["Bob's"]);
  }
});

test.each([
  ["tag=", ["query.tag"]],
  ["tag=a b", ["query.tag"]],
  ["tag=%23a", ["query.tag"]],
  ["tag=%00", ["query.tag"]],
  ["tag=a&tag=b", ["query.tag"]],
  ["priority=urgent", ["query.priority"]],
  ["due=today", ["query.time_zone"]],
  ["due=soon&time_zone=UTC", ["query.due"]],
  ["time_zone=UTC", ["query.time_zone"]],
  ["due=today&time_zone=CET", ["query.time_zone"]],
  ["due=today&time_zone=Europe/Nowhere&limit=0", ["query.limit", "query.time_zone"]],
])("422 [T-14, T-15, T-17] ?%s", async (query, paths) => {
  const { token } = await makeLister();
  const { status, body } = await send("GET", `/api/tasks?${query}`, { token });
  const found = body.errors.map(({ path }: { path: string[] }) => path.join(".")).sort();
  expect([status, found]).toEqual([422, paths]);
});

describe("200 [T-17] due", () => {
  /** A zone in which it is about noon, so that no day ends while a test runs. */
  const offset = new Date().getUTCHours() - 12;
  const here = offset === 0 ? "UTC" : `Etc/GMT${offset > 0 ? "+" : ""}${offset}`;
  const zones = ["Pacific/Kiritimati", "Etc/GMT+12", "Europe/Berlin", "Asia/Kolkata"];
  let lister: Awaited<ReturnType<typeof makeLister>>;

  const due = async (kind: string, query: Record<string, string> = {}) =>
    (await lister.titles({ due: kind, time_zone: here, ...query })).toSorted();

  beforeAll(async () => {
    lister = await makeLister([{ title: "no day" }]);
    const { id } = lister.user;
    // Whole days, and both ends of them; all by the clock of PostgreSQL.
    await database().$executeRaw`
      INSERT INTO tasks (owner_user_id, id, title, due_date, due_time)
      SELECT ${id}, gen_random_uuid(), title, (now() AT TIME ZONE ${here}::text)::date + days, clock
      FROM (VALUES ('yesterday', -1, NULL::time), ('yesterday 23:59', -1, '23:59'), ('today', 0, NULL),
        ('today 00:00', 0, '00:00'), ('today 23:59', 0, '23:59'), ('tomorrow', 1, NULL),
        ('tomorrow 00:00', 1, '00:00'), ('long ago', -40000, NULL), ('far away', 400000, '12:00'))
        AS tasks (title, days, clock)`;
    // Moments from now, as the clocks of other zones show them.
    for (const zone of [null, ...zones]) {
      await database().$executeRaw`
        INSERT INTO tasks (owner_user_id, id, title, due_date, due_time, time_zone)
        SELECT ${id}, gen_random_uuid(), concat_ws(' ', hours, ${zone}::text), clock::date,
          date_trunc('minute', clock)::time, ${zone}
        FROM unnest(ARRAY[-14, -1, 1, 14]) AS hours,
          LATERAL (SELECT now() AT TIME ZONE coalesce(${zone}::text, ${here}::text) + hours * interval '1 hour' AS clock) AS at`;
    }
  });

  const everywhere = (hours: number) => [`${hours}`, ...zones.map((zone) => `${hours} ${zone}`)];

  test("overdue: the day or the moment has passed, in whatever zone it was given", async () => {
    const expected = ["long ago", "yesterday", "yesterday 23:59", "today 00:00"];
    expect(await due("overdue")).toEqual(
      [...expected, ...everywhere(-14), ...everywhere(-1)].sort(),
    );
  });

  test("today: all of today, overdue or not", async () => {
    const expected = ["today", "today 00:00", "today 23:59"];
    expect(await due("today")).toEqual([...expected, ...everywhere(-1), ...everywhere(1)].sort());
  });

  test("upcoming: all of later days", async () => {
    const expected = ["tomorrow", "tomorrow 00:00", "far away"];
    expect(await due("upcoming")).toEqual([...expected, ...everywhere(14)].sort());
  });

  test("none: without a day, by any zone or none", async () => {
    expect(await due("none")).toEqual(["no day"]);
    expect(await lister.titles({ due: "none" })).toEqual(["no day"]);
  });

  test("at both sides of the date line it is another day", async () => {
    const [days] = await database().$queryRaw<{ east: string; west: string }[]>`
      SELECT (now() AT TIME ZONE 'Pacific/Kiritimati')::date::text AS east,
        (now() AT TIME ZONE 'Etc/GMT+12')::date::text AS west`;
    if (!days) return expect.unreachable("PostgreSQL tells no time");
    expect(days.east > days.west).toBe(true);
    const { titles } = await makeLister([
      { title: "east", due_date: days.east },
      { title: "west", due_date: days.west },
    ]);
    const seen = (due: string, time_zone: string) => titles({ due, time_zone });
    expect(await seen("today", "Pacific/Kiritimati")).toEqual(["east"]);
    expect(await seen("overdue", "Pacific/Kiritimati")).toEqual(["west"]);
    expect(await seen("today", "Etc/GMT+12")).toEqual(["west"]);
    expect(await seen("upcoming", "Etc/GMT+12")).toEqual(["east"]);
  });

  test("with each sort, order and page size the same tasks come, each once", async () => {
    for (const kind of ["overdue", "today", "upcoming"]) {
      const expected = await due(kind);
      for (const sort of ["created", "title", "due_date", "priority", "position"]) {
        for (const order of ["asc", "desc"]) {
          const pages: string[] = [];
          const query = { due: kind, time_zone: here, sort, order, limit: "3" };
          let next: string | undefined = `/api/tasks?${new URLSearchParams(query)}`;
          while (next !== undefined) {
            const page: Sent = await send("GET", next, { token: lister.token });
            pages.push(...page.body.map(({ title }: Task) => title));
            next = /<([^>]+)>/.exec(page.headers.get("Link") ?? "")?.[1];
          }
          expect([kind, sort, order, pages.toSorted()]).toEqual([kind, sort, order, expected]);
        }
      }
    }
  });

  test("422 [T-6] a cursor is for the filters that it came from", async () => {
    const query = { due: "overdue", time_zone: here, limit: "1" };
    const page = await lister.list(query);
    const link = /<([^>]+)>/.exec(page.headers.get("Link") ?? "")?.[1] ?? "";
    const cursor = new URL(link, "http://tend.test").searchParams.get("cursor") ?? "";
    expect((await lister.list({ ...query, cursor })).status).toBe(200);
    for (const other of [
      { time_zone: "Asia/Tokyo" },
      { due: "upcoming" },
      { tag: "home" },
      { priority: "high" },
    ]) {
      expect((await lister.list({ ...query, ...other, cursor })).status).toBe(422);
    }
  });
});

test("[T-17] a clock that stands twice means the later moment, one that is left out an hour later", async () => {
  const [moments] = await database().$queryRaw<[{ gap: Date; overlap: Date; other: Date }]>`
    SELECT moment_in('2026-03-29 02:30', 'Europe/Berlin', 'UTC') AS gap,
      moment_in('2026-10-25 02:30', 'Europe/Berlin', 'UTC') AS overlap,
      moment_in('2026-07-01 12:00', 'Nowhere/City', 'Europe/Berlin') AS other`;
  expect(moments).toEqual({
    gap: new Date("2026-03-29T01:30:00Z"),
    overlap: new Date("2026-10-25T01:30:00Z"),
    other: new Date("2026-07-01T10:00:00Z"),
  });
});

test("200 [T-17] a zone that the server has lost since fails no list", async () => {
  const { user, titles } = await makeLister();
  await database().$executeRaw`
    INSERT INTO tasks (owner_user_id, id, title, due_date, due_time, time_zone)
    VALUES (${user.id}, gen_random_uuid(), 'Lost', '2020-02-29', '12:00', 'Nowhere/City')`;
  for (const sort of ["title", "due_date"]) {
    expect(await titles({ due: "overdue", time_zone: "Asia/Tokyo", sort })).toEqual(["Lost"]);
    expect(await titles({ due: "today", time_zone: "Asia/Tokyo", sort })).toEqual([]);
  }
});
