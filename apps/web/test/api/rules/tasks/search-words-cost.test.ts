import { connect } from "@tend/db";
import { makeUser } from "@tend/db/testing";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { database } from "#server/database.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { insist, isElsewhere, send } from "../../support/send.ts";

/** Letters in no order, so that no two words are the same. */
const letters = (length: number, from: number, count: number): string =>
  String.fromCodePoint(...Array.from({ length }, (_, n) => from + ((n * 7919) % count)));

/** A note as long as may be, in a script whose words are made letter by letter. */
const longest = "今日は銀行へ行って家賃を払い帰りに切手を買う".repeat(500).slice(0, 10_000);

/** Somebody with so many tasks with this note. */
async function withNotes(count: number, description: string) {
  const user = await makeUser(database());
  const rows = await database().$queryRaw<{ id: string }[]>`
    INSERT INTO tasks (owner_user_id, id, title, description)
    SELECT ${user.id}, gen_random_uuid(), 'Note', ${description} FROM generate_series(1, ${count}::int)
    RETURNING id::text`;
  return { user, token: tokenOf(user), ids: rows.map(({ id }) => id) };
}

/** The least that it took: what else the machine does makes it longer, never shorter. */
async function quickest(times: number, run: () => Promise<unknown>): Promise<number> {
  const all: number[] = [];
  for (let turn = 0; turn < times; turn++) {
    const start = performance.now();
    await run();
    all.push(performance.now() - start);
  }
  return Math.min(...all);
}

/** The tasks whose stored words are not those of their text. */
const mistaken = ({ id }: { id: string }) => database().$queryRaw<unknown[]>`
  SELECT title, priority, tags FROM tasks WHERE owner_user_id = ${id}
    AND search IS DISTINCT FROM search_vector(owner_user_id, title, description, tags, priority)`;

/**
 * Counts how often search words are computed, in statements of this process: its sessions find this
 * function before that of the migrations, which it calls.
 */
async function countWords() {
  const schema = `counted_${crypto.randomUUID().replaceAll("-", "")}`;
  const before = database();
  await before.$executeRawUnsafe(`CREATE SCHEMA ${schema}`);
  await before.$executeRawUnsafe(`CREATE SEQUENCE ${schema}.made MINVALUE 0`);
  await before.$executeRawUnsafe(`
    CREATE FUNCTION ${schema}.search_vector(owner text, title text, description text, tags text[], priority text)
    RETURNS tsvector LANGUAGE plpgsql AS $$ BEGIN
      PERFORM nextval('${schema}.made');
      RETURN public.search_vector(owner, title, description, tags, priority);
    END $$`);
  const url = new URL(process.env.DATABASE_URL ?? "");
  url.searchParams.set("options", `-c search_path=${schema},public`);
  const counted = connect(url.href);
  globalThis.tendDatabase = counted;
  const made = async () => {
    const [{ count } = { count: Number.NaN }] = await counted.$queryRawUnsafe<{ count: number }[]>(
      `SELECT nextval('${schema}.made')::int AS count`,
    );
    return count;
  };
  return {
    /** How many tasks had their search words computed while `run` ran. */
    async during(run: () => Promise<unknown>): Promise<number> {
      const start = await made();
      await run();
      return (await made()) - start - 1;
    },

    async end(): Promise<void> {
      globalThis.tendDatabase = before;
      await counted.$disconnect();
      await before.$executeRawUnsafe(`DROP SCHEMA ${schema} CASCADE`);
    },
  };
}

test("200 [C-6, T-10] a batch that changes no words makes none", async ({ skip }) => {
  skip(isElsewhere, "The app is in another process.");
  const words = await countWords();
  onTestFinished(words.end);
  const { user, token, ids } = await withNotes(6, longest);
  const batch = (each: (id: string) => object) =>
    words.during(async () => {
      const operations = ids.map((id) => ({ ...each(id), id }));
      const { status, body } = await insist(() =>
        send("POST", "/api/tasks/batch", { token, body: { operations } }),
      );
      expect([status, body.results?.length]).toEqual([200, ids.length]);
    });
  const update = (change: object) => batch(() => ({ operation: "update", change }));
  expect(await update({ title: "Rent" })).toBeGreaterThanOrEqual(ids.length);
  expect(await batch(() => ({ operation: "complete" })), "completed").toBe(0);
  expect(await update({ priority: "low" }), "priority").toBe(0);
  expect(await update({ due_date: "2026-12-10" }), "due_date").toBe(0);
  expect(await update({ position: "a11" }), "position").toBe(0);
  expect(await batch(() => ({ operation: "delete" })), "trash").toBe(0);
  expect(await batch(() => ({ operation: "restore" })), "back").toBe(0);
  expect(await mistaken(user)).toEqual([]);
});

test("200 [C-6, T-4] a PUT that repeats a long text and changes a small field makes no words", async ({
  skip,
}) => {
  skip(isElsewhere, "The app is in another process.");
  const words = await countWords();
  onTestFinished(words.end);
  const { user, token, ids } = await withNotes(1, longest);
  const put = (title: string, priority: string) =>
    words.during(async () => {
      const body = { title, description: longest, priority };
      const { status } = await insist(() => send("PUT", `/api/tasks/${ids[0]}`, { token, body }));
      expect(status).toBe(200);
    });
  expect(await put("Rent", "none")).toBeGreaterThanOrEqual(1);
  expect(await put("Rent", "low")).toBe(0);
  expect(await mistaken(user)).toEqual([]);
});

test("[T-11, T-14, T-15] whatever is written, and by whatever statement, the words are those of the text", async () => {
  const { user, ids } = await withNotes(6, "Ask for the receipt");
  const text = fc.constantFrom(
    "Rent",
    "Miete",
    "家賃を払う",
    "it's \\ high !low",
    "!high",
    "#rent",
  );
  const value = fc.record(
    {
      title: text,
      description: fc.option(text),
      priority: fc.constantFrom("none", "low", "medium", "high"),
      tags: fc.uniqueArray(fc.constantFrom("rent", "家", "low", "it's", "\\"), { maxLength: 3 }),
      completed: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  const seed = Date.now();
  for (const [turn, data] of fc.sample(value, { numRuns: 80, seed }).entries()) {
    const id = ids[turn % ids.length] ?? "";
    await database().tasks.updateMany({ where: { owner_user_id: user.id, id }, data });
    expect(await mistaken(user), `seed ${seed}`).toEqual([]);
  }
  // A write to the search words themselves has no effect.
  await database().$executeRaw`
    UPDATE tasks SET search = array_to_tsvector(ARRAY['x']) WHERE owner_user_id = ${user.id}`;
  expect(await mistaken(user)).toEqual([]);
});

const hostile: Record<string, string> = {
  "letters without spaces, no two alike": letters(10_000, 0x4e00, 20_000),
  "letters that each stand for eighteen": "ﷺ".repeat(10_000),
  "signs that each stand for a word": letters(10_000, 0x3300, 0x58),
  "marks out of order on one letter": `a${"\u0301".repeat(5_000)}${"\u0316".repeat(4_999)}`,
  "marks of symbols out of order": `a${"\u20d0".repeat(5_000)}${"\u20d2".repeat(4_999)}`,
  "musical marks out of order": `a${"\u{1d167}\u{1d165}".repeat(4_999)}`,
  "marks between signs": `a${"\u0301\u0316\u00b4".repeat(3_333)}`,
  "words of one letter": "é ".repeat(5_000),
  "words of ASCII, no two alike": Array.from({ length: 1_800 }, (_, n) => `w${n}`).join(" "),
  "one word": "é".repeat(10_000),
  "letters that become two": "ß".repeat(10_000),
  emoji: letters(10_000, 0x1f300, 700),
};

test.each(Object.entries(hostile))(
  "[C-6, T-11] the index takes at most 4,000 words of %s",
  async (_, description) => {
    expect([...description].length).toBeLessThanOrEqual(10_000);
    const make = (given: string) => async () => {
      const [{ count } = { count: Number.NaN }] = await database().$queryRaw<{ count: number }[]>`
      SELECT length(search_vector('ada', 'Note', ${given}, ARRAY['home'], 'high')) AS count`;
      // Beside the sign of the tag and that of the priority.
      expect(count).toBeLessThanOrEqual(4_002);
    };
    const usual = await quickest(3, make(longest));
    expect(await quickest(3, make(description))).toBeLessThan(15 * usual);
  },
);

test("200 [T-11] title and tags are found however long the description is", async () => {
  const user = await makeUser(database());
  const token = tokenOf(user);
  for (const description of [letters(10_000, 0x4e00, 20_000), "a b c d ".repeat(1_250)]) {
    const task = { title: "Zebra crossing", description, tags: ["quince"] };
    expect((await send("POST", "/api/tasks", { token, body: task })).status).toBe(201);
  }
  for (const q of ["zebra cross", "quince", "zebra quince"]) {
    const { body } = await send("GET", `/api/tasks?${new URLSearchParams({ q })}`, { token });
    expect([q, body.length]).toEqual([q, 2]);
  }
});

test("200 [T-10] a task that is deleted for good and made again in one batch is another one", async ({
  skip,
}) => {
  skip(isElsewhere);
  const { user, token, ids } = await withNotes(1, "Old");
  const [id = ""] = ids;
  const operations = [
    { operation: "delete", id, permanent: true },
    { operation: "create", task: { id, title: "New", tags: ["fresh"] } },
  ];
  const { body } = await send("POST", "/api/tasks/batch", { token, body: { operations } });
  expect(body.results.map(({ status }: { status: number }) => status)).toEqual([204, 201]);
  const now = await send("GET", `/api/tasks/${id}`, { token });
  expect(now.body).toEqual(body.results[1].task);
  expect(now.body).toMatchObject({ title: "New", description: null, version: 2 });
  expect(await mistaken(user)).toEqual([]);
});
