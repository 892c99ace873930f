import { randomInt } from "node:crypto";
import { addressForms, api, type Operation } from "@tend/contracts";
import { makeTask, makeUser } from "@tend/db/testing";
import { expect, test } from "vitest";
import { database } from "#server/database.ts";
import { tokenOf } from "./mint-token.ts";
import { send } from "./send.ts";
import { storedTasks } from "./stored.ts";

const count = 500;
/** `SEED=… vitest …` runs the same requests again. */
const seed = Number(process.env.SEED ?? randomInt(2 ** 32));

/** mulberry32 */
function random(state: number) {
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const chance = (share: number) => next() < share;
  return { below, pick, chance };
}

const { below, pick, chance } = random(seed);

const texts = [
  "",
  " ",
  "x",
  "Pay rent",
  "\0",
  "a\0b",
  "\ud800",
  "\udc00x",
  "😀".repeat(201),
  "é".repeat(10_001),
  "e\u0301",
  "\u202Eabc",
  "\ufeff",
  "'; DROP TABLE tasks; --",
  "null",
  "true",
  "__proto__",
  "../../etc/passwd",
  "%00",
  "{{7*7}}",
  "infinity",
  "NaN",
];

const values: readonly (() => unknown)[] = [
  () => pick(texts),
  () => pick(texts),
  () => pick([true, false, null]),
  () => pick([0, -0, 1, -1, 1.5, 1e308, -1e308, 2 ** 53, 2147483648]),
  () => pick(["2026-12-01", "2028-02-29", "2026-02-30", "0000-01-01", "99999-01-01", "+1-1-1"]),
  () => crypto.randomUUID(),
  () => [],
  () => [value()],
  () => ({ [pick(["not", "set", "contains", "equals", "in", "__proto__", "then"])]: value() }),
  () => ({}),
];

function value(): unknown {
  return pick(values)();
}

const names = [
  ..."title description completed due_date id owner_user_id version created_at".split(" "),
  ..."limit cursor status sort order __proto__ constructor toString x".split(" "),
];

const object = () =>
  Object.fromEntries(Array.from({ length: below(5) }, () => [pick(names), value()]));

const sensible = () => ({
  ...(chance(0.8) && { title: pick(["Pay rent", "😀", "שלום"]) }),
  ...(chance(0.5) && { description: pick(["", "x", null]) }),
  ...(chance(0.5) && { completed: chance(0.5) }),
  ...(chance(0.5) && { due_date: pick(["2026-12-01", "0001-01-01", "9999-12-31", null]) }),
});

const raws: readonly (() => BodyInit)[] = [
  () => JSON.stringify(value()) ?? "",
  () => JSON.stringify(object()).slice(0, below(30)),
  () => Uint8Array.from({ length: below(200) }, () => below(256)),
  () => "[".repeat(below(5000)),
  () => `{"title":"a","title":${JSON.stringify(value())}}`,
  () => `{"title":"${"\\u0000"}${below(10)}"}`,
  () => `{"title":1e${below(1000)}}`,
  () => `{"title":"${"x".repeat(below(70_000))}"}`,
];

const encoded = (text: string) => encodeURIComponent(text.toWellFormed());

const sane = { limit: "5", status: "pending", sort: "title", order: "desc" } as const;

function query(): string {
  const pairs = Array.from({ length: chance(0.4) ? below(4) : 0 }, () => {
    const name = chance(0.7) ? pick(["limit", "cursor", "status", "sort", "order"]) : pick(names);
    const given =
      chance(0.5) && Object.hasOwn(sane, name)
        ? sane[name as keyof typeof sane]
        : String(JSON.stringify(value()));
    return chance(0.1) ? `${name}=%E0%A4${below(9)}` : `${encoded(name)}=${encoded(given)}`;
  });
  return pairs.length === 0 ? "" : `?${pairs.join(chance(0.9) ? "&" : ";")}`;
}

const operations = Object.values<Operation>(api).filter(({ security }) => security === "bearer");

test(`[E-2] ${count} random requests are answered, never with a defect`, async () => {
  const ada = await makeUser(database());
  const bob = await makeUser(database());
  const bobs = await makeTask(database(), bob, { title: "Bob's" });
  const before = await storedTasks(bob);
  const statuses = new Set<number>();
  let mine = await makeTask(database(), ada);

  for (let turn = 0; turn < count; turn++) {
    const { method, path } = pick(operations);
    const form = pick(addressForms(path));
    const id = pick([
      mine,
      mine,
      mine,
      bobs,
      crypto.randomUUID(),
      encoded(pick(texts)),
      "%E0%A4%A",
    ]);
    const user = chance(0.9) ? ada.id : pick([bob.id, encoded(pick(texts)), "%"]);
    const target = form.replace("{user_id}", user || "x").replace("{id}", id || "x") + query();
    const type = chance(0.7) ? "application/json" : pick(["text/plain", "x", "application/xml"]);
    const content =
      method === "GET"
        ? {}
        : pick([
            () => ({ body: sensible() }),
            () => ({ body: sensible() }),
            () => ({ body: object() }),
            () => ({ body: value() ?? null }),
            () => ({ raw: pick(raws)(), headers: { "Content-Type": type } }),
            () => ({}),
          ])();
    const said = `SEED=${seed}, request ${turn}: ${method} ${target} ${JSON.stringify(content).slice(0, 500)}`;
    const { status, body } = await send(method, target, {
      ...(chance(0.97) && { token: tokenOf(ada) }),
      ...content,
    }).catch((error: unknown) => {
      throw new Error(said, { cause: error });
    });
    expect(status, said).toBeLessThan(500);
    statuses.add(status);
    if (status === 201) mine = body.id;
  }
  expect(await storedTasks(bob), `SEED=${seed}`).toEqual(before);
  for (const row of await storedTasks(ada)) expect(row.owner_user_id).toBe(ada.id);
  // The mixture reaches every branch, else it proves little.
  expect([...statuses], `SEED=${seed}`).toEqual(
    expect.arrayContaining([200, 201, 204, 400, 401, 403, 404, 415, 422]),
  );
});
