import { addressForms, api, fillPath, type Task } from "@tend/contracts";
import { connect, type Prisma } from "@tend/db";
import { makeUser } from "@tend/db/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { searchFor } from "#ui/tasks/model/search.ts";
import { apart, findings, late } from "../../../search-findings.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { createTask, insist, isElsewhere, type Sent, send } from "../../support/send.ts";
import { explain, recordStatements } from "../../support/statements.ts";
import { analyzeTasks } from "../../support/stored.ts";

const client = connect(process.env.DATABASE_URL ?? "");
let statements: readonly Prisma.Sql[];

beforeAll(() => {
  statements = recordStatements(client);
});

afterAll(() => client.$disconnect());

async function makeSearcher(titles: readonly string[] = []) {
  const user = await makeUser(client);
  const token = tokenOf(user);
  for (const title of titles) await createTask(token, { title });
  return { user, token };
}

const search = (token: string, q: string, more: Record<string, string> = {}): Promise<Sent> =>
  send("GET", `/api/tasks?${new URLSearchParams({ q, ...more })}`, { token });

const titlesOf = ({ body }: Sent): string[] => body.map(({ title }: Task) => title);

/** The titles that this search finds, in the order of the titles. */
async function find(token: string, q: string, more: Record<string, string> = {}) {
  const answer = await search(token, q, { sort: "title", ...more });
  expect([answer.status, q]).toEqual([200, q]);
  return titlesOf(answer);
}

describe.each(addressForms(api.listTasks.path))("at %s", (form) => {
  test("200 [T-11] each word is the beginning of a word, in the title or the description", async () => {
    const { user, token } = await makeSearcher(["Buy milk", "Milk the cow", "Almond drink"]);
    await createTask(token, { title: "Groceries", description: "Two bottles\nof oat milk." });
    const found = async (q: string) => {
      const target = `${fillPath(form, { user_id: user.id })}?sort=title&q=${encodeURIComponent(q)}`;
      return titlesOf(await send("GET", target, { token }));
    };
    const milky = ["Buy milk", "Groceries", "Milk the cow"];
    expect(await found("milk")).toEqual(milky);
    expect(await found("mil")).toEqual(milky);
    expect(await found("m")).toEqual(milky);
    expect(await found(" MILK ")).toEqual(milky);
    expect(await found("milk cow")).toEqual(["Milk the cow"]);
    expect(await found("co mi the")).toEqual(["Milk the cow"]);
    expect(await found("oat groc")).toEqual(["Groceries"]);
    expect(await found("ilk")).toEqual([]);
    expect(await found("milks")).toEqual([]);
    expect(await found("milk drink")).toEqual([]);
  });
});

test("[T-11] text in ASCII has the same words by the shorter way as by that for any script", async () => {
  const sample = fc.sample(
    fc.tuple(
      fc.string({
        unit: fc.constantFrom(..."abzABZ0189 +#_-.,'\\\"/(){}:&|!*\n\t"),
        maxLength: 200,
      }),
      fc.option(
        fc
          .string({ unit: "binary-ascii", maxLength: 400 })
          .map((text) => text.replaceAll("\0", "")),
      ),
    ),
    2_000,
  );
  const long = [
    "a".repeat(60),
    "b".repeat(61),
    `x ${"c9".repeat(80)} y`,
    `c${"+".repeat(59)}`,
    `c${"#".repeat(60)}`,
    "+c+",
    "c + #d",
  ];
  const texts = [...sample, ...long.map((title) => [title, null] as const), ["", ""], [" ", null]];
  const different = await client.$queryRaw`
    SELECT title, description FROM jsonb_to_recordset(${JSON.stringify(
      texts.map(([title, description]) => ({ title, description })),
    )}::jsonb) AS texts (title text, description text)
    WHERE search_vector('ada', title, description, '{}', 'none')
      IS DISTINCT FROM array_to_tsvector(search_words_of_any_script(left(md5('ada'), 8),
        title || ' ' || coalesce(description, '')))`;
  expect(different).toEqual([]);
});

test.each(findings)("200 [T-11] finds through %s: %s", async (_, title, searches) => {
  const { token } = await makeSearcher([title, "Something else"]);
  for (const q of searches) expect([q, await find(token, q)]).toEqual([q, [title]]);
});

test.each(apart)("200 [T-11] %s", async (_, titles, searches) => {
  const { token } = await makeSearcher(titles);
  for (const [q, found] of Object.entries(searches)) {
    expect([q, (await find(token, q)).sort()]).toEqual([q, found]);
  }
});

test.each(late)(
  "200 [T-11] finds %s also late in a long run without spaces",
  async (_, title, q) => {
    const { token } = await makeSearcher([title]);
    expect(await find(token, q)).toEqual([title]);
  },
);

test("[T-11] the browser finds what the server finds", async () => {
  const letters =
    "abcABC 019_-'.+#＋ éßæłİıøđ йёщ ЙΣς שָׁ ك ي ى كِ किज़ बই ไปซื้อ 牛乳を買う 치과예약ㅋ 🎂👍🏽🏿❤️🇫🇷 ﷺ½²ⅣǰＡ";
  const text = (maxLength: number) => fc.string({ unit: fc.constantFrom(...letters), maxLength });
  const sample = text(40).chain((title) =>
    fc.record({
      title: fc.constant(title),
      description: fc.option(text(80)),
      // A piece of the title is found more often than any text is.
      q: fc.oneof(
        text(4),
        fc
          .tuple(fc.nat(30), fc.nat(9))
          .map(([from, length]) => [...title].slice(from, from + length).join("")),
      ),
    }),
  );
  for (let portion = 0; portion < 10; portion++) {
    const samples = fc.sample(sample, 200).map((one, place) => ({ place, ...one }));
    const told = await client.$queryRaw<readonly { found: boolean | null }[]>`
      SELECT search_vector('ada', title, description, '{}', 'none') @@ search_query('ada', q) AS found
      FROM jsonb_to_recordset(${JSON.stringify(samples)}::jsonb)
        AS samples (place int, title text, description text, q text)
      ORDER BY place`;
    const different = samples.filter(
      (one, place) => (searchFor(one.q)?.(one) ?? null) !== told[place]?.found,
    );
    expect(different).toEqual([]);
  }
});

test("200 [T-11] other vowels, other words and other order of letters are not found", async () => {
  const { token } = await makeSearcher(["明日は牛乳を買う", "किताब", "🎂"]);
  for (const q of ["乳牛", "買牛", "कुताब", "🎁", "牛乳 明後日"]) {
    expect([q, await find(token, q)]).toEqual([q, []]);
  }
});

test.each([
  "",
  " ",
  "!",
  "!!!",
  "++",
  "#",
  "+ #",
  "🏿",
  "...",
  "-",
  "' : * & | ! ( ) \\ <->",
  "\u0301",
  "\u200d",
  "—",
  "%",
])("422 [T-11] %j has nothing to search for", async (q) => {
  const { token } = await makeSearcher();
  const { status, body } = await search(token, q);
  expect([status, body.errors]).toEqual([
    422,
    [{ path: ["query", "q"], message: expect.any(String) }],
  ]);
});

test("422 [T-11, T-3] too long, NUL, or given twice", async () => {
  const { token } = await makeSearcher();
  expect(await find(token, "x".repeat(200))).toEqual([]);
  expect(await find(token, "😀".repeat(200))).toEqual([]);
  expect(await find(token, "a ".repeat(100))).toEqual([]);
  expect(await find(token, "日".repeat(200))).toEqual([]);
  for (const q of ["x".repeat(201), "😀".repeat(201), "a\0b"]) {
    expect((await search(token, q)).status).toBe(422);
  }
  expect((await send("GET", "/api/tasks?q=a&q=a", { token })).status).toBe(422);
});

test("200 [T-11] what has a meaning in SQL, tsquery or a pattern is text like any other", async () => {
  const { token } = await makeSearcher(["Rent", "a", "b"]);
  const evil = [
    "'",
    ":",
    "*",
    "&",
    "|",
    "!",
    "(",
    ")",
    "\\",
    "<->",
    "<2>",
    '"',
    "%",
    "_",
    "$1",
    "$$",
  ];
  const shapes = (sign: string) => [
    `rent${sign}`,
    `${sign}rent`,
    ` rent ${sign} `,
    `${sign}${sign}rent`,
  ];
  for (const q of evil.filter((sign) => sign !== "$1" && sign !== "<2>").flatMap(shapes)) {
    expect([q, await find(token, q)]).toEqual([q, ["Rent"]]);
  }
  for (const q of [
    ...evil.flatMap((sign) => [`a${sign}b`, `a ${sign} b`]),
    "'; DROP TABLE tasks; --",
    "rent' | 'a",
    "a:*A",
    "\\x00 a",
    "{a}",
    "[[:alnum:]]",
    "a\u2028b",
    "a\r\nb",
    "ﷺ",
    "ǰ̌̌".repeat(20),
  ]) {
    expect([q, (await search(token, q)).status]).toEqual([q, 200]);
  }
  expect(await find(token, "rent")).toEqual(["Rent"]);
});

test("200 [T-6, T-11] with status, sort, order and limit", async () => {
  const { token } = await makeSearcher();
  for (const [title, completed, due_date] of [
    ["Plan a", false, "2026-12-03"],
    ["Plan b", true, "2026-12-02"],
    ["Plan c", false, null],
    ["Plan d", false, "2026-12-01"],
    ["Other", false, null],
    ["Plan e", false, null],
  ] as const) {
    const { id } = await createTask(token, { title, completed, due_date });
    if (title === "Plan e") await send("DELETE", `/api/tasks/${id}`, { token });
  }
  const found = async (more: Record<string, string>) => titlesOf(await search(token, "plan", more));
  expect(await found({})).toEqual(["Plan d", "Plan c", "Plan b", "Plan a"]);
  expect(await found({ status: "pending" })).toEqual(["Plan d", "Plan c", "Plan a"]);
  expect(await found({ status: "completed" })).toEqual(["Plan b"]);
  expect(await found({ status: "trashed" })).toEqual(["Plan e"]);
  expect(await found({ sort: "title" })).toEqual(["Plan a", "Plan b", "Plan c", "Plan d"]);
  expect(await found({ sort: "title", order: "desc", limit: "2" })).toEqual(["Plan d", "Plan c"]);
  expect(await found({ sort: "due_date" })).toEqual(["Plan d", "Plan b", "Plan a", "Plan c"]);
  expect(await found({ sort: "due_date", order: "desc" })).toEqual([
    "Plan a",
    "Plan b",
    "Plan d",
    "Plan c",
  ]);
});

describe.each(["created", "title", "due_date"])("sort=%s", (sort) => {
  test("200 [T-6, T-11] page by page: the Link keeps the search", async () => {
    const { token } = await makeSearcher();
    for (let index = 0; index < 12; index++) {
      const title = index % 2 === 0 ? `Plan & ${String(index).padStart(2, "0")}` : `Café ${index}`;
      await createTask(token, {
        title,
        due_date: index % 3 === 0 ? null : `2026-12-${10 + index}`,
      });
    }
    const whole = await search(token, "plan &", { sort });
    expect([whole.body.length, whole.headers.has("Link")]).toEqual([6, false]);
    const pages: Sent[] = [];
    let next: string | undefined =
      `/api/tasks?${new URLSearchParams({ q: "plan &", sort, limit: "4" })}`;
    while (next !== undefined) {
      const page: Sent = await send("GET", next, { token });
      pages.push(page);
      next = /<([^>]+)>/.exec(page.headers.get("Link") ?? "")?.[1];
    }
    expect(pages.map(({ body }) => body.length)).toEqual([4, 2]);
    expect(pages.flatMap(({ body }) => body)).toEqual(whole.body);
  });
});

test("422 [T-6, T-11] a cursor is for the search that it came from", async () => {
  const { token } = await makeSearcher(["Plan a", "Plan b", "Plan c"]);
  const { headers } = await search(token, "plan", { limit: "1" });
  const link = /<([^>]+)>/.exec(headers.get("Link") ?? "")?.[1] ?? "";
  const cursor = new URL(link, "http://tend.test").searchParams.get("cursor") ?? "";
  expect((await search(token, "plan", { cursor })).status).toBe(200);
  expect((await search(token, "pla", { cursor })).status).toBe(422);
  expect((await send("GET", `/api/tasks?cursor=${cursor}`, { token })).status).toBe(422);
});

test("200 [T-11, O-1] nothing of others is found", async () => {
  const ada = await makeSearcher(["Shared word, Ada's"]);
  const bob = await makeSearcher(["Shared word, Bob's"]);
  expect(await find(ada.token, "shared")).toEqual(["Shared word, Ada's"]);
  expect(await find(bob.token, "shared")).toEqual(["Shared word, Bob's"]);
  expect(await find(ada.token, "bob")).toEqual([]);
});

test("200 [T-11] a changed task is found by its new words only", async () => {
  const { token } = await makeSearcher();
  const { id } = await createTask(token, { title: "Old title", description: "Old text" });
  await send("PUT", `/api/tasks/${id}`, {
    token,
    body: { title: "New title", description: null },
  });
  const batch = { operations: [{ operation: "create", task: { title: "By batch" } }] };
  await send("POST", "/api/tasks/batch", { token, body: batch });
  expect(await find(token, "old")).toEqual([]);
  expect(await find(token, "text")).toEqual([]);
  expect(await find(token, "new title")).toEqual(["New title"]);
  expect(await find(token, "batch")).toEqual(["By batch"]);
});

test("201 [T-11, T-2] the longest texts of any script can be stored, and searched", async () => {
  const { token } = await makeSearcher();
  const longest = ["日本語を話す人が", "𠀋𡈽𠮷", "ไปตลาด", "x", "a ", "ﷺ", "👩‍👩‍👧‍👦", "ॐनमः"];
  for (const text of longest) {
    const description = [...text.repeat(10_000)].slice(0, 10_000).join("");
    const title = `Marker ${text}`;
    const bytes = new TextEncoder().encode(description).length;
    if (bytes > 60_000) continue;
    await createTask(token, { title, description });
  }
  expect((await search(token, "marker")).body.length).toBeGreaterThan(4);
});

test("200 [T-11, T-14, T-15] a search or filter among 20,000 tasks goes through the index of the words", async ({
  skip,
}) => {
  skip(isElsewhere);
  const { user, token } = await makeSearcher();
  for (let from = 1; from < 20_000; from += 200) {
    await client.$executeRaw`
      INSERT INTO tasks (owner_user_id, id, title)
      SELECT ${user.id}, gen_random_uuid(), 'Task ' || md5(n::text)
      FROM generate_series(${from}::int, ${from + 199}::int) AS n`;
  }
  await createTask(token, { title: "The needle", tags: ["Sharp"], priority: "high" });
  await analyzeTasks();
  const filters = { tag: "sharp", priority: "high" };
  for (const query of [{ q: "needle" }, { tag: "sharp" }, { priority: "high" }, filters]) {
    const target = `/api/tasks?${new URLSearchParams(query)}`;
    const answer = await insist(() => send("GET", target, { token }));
    expect(titlesOf(answer)).toEqual(["The needle"]);
    const searched = statements.findLast(({ text }) => text.includes("search @@"));
    const { nodes } = await explain(client, searched);
    const names = nodes.map((node) => node["Index Name"]);
    expect(names).toContain("tasks_search_idx");
    expect(nodes.every((node) => (node["Rows Removed by Filter"] ?? 0) < 10)).toBe(true);
  }
});
