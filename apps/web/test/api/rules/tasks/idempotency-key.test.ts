import { addressForms, api, fillPath } from "@tend/contracts";
import { makeUser } from "@tend/db/testing";
import { describe, expect, test } from "vitest";
import { database } from "#server/database.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { insist, type Sent, send } from "../../support/send.ts";
import { storedTasks } from "../../support/stored.ts";

async function makeSender() {
  const user = await makeUser(database());
  const token = tokenOf(user);
  const post = (key: string, body: unknown, path = "/api/tasks") =>
    send("POST", path, { token, body, headers: { "Idempotency-Key": key } });
  return { user, token, post };
}

/** What makes two answers the same. */
const shown = ({ status, headers, text }: Sent) => [
  status,
  text,
  headers.get("Location"),
  headers.get("ETag"),
  headers.get("Content-Type"),
];

const storedKeys = (user: { id: string }) =>
  database().idempotency_keys.findMany({ where: { owner_user_id: user.id } });

const rent = { title: "Pay rent", due_date: "2026-12-01" };

describe.each(addressForms(api.createTask.path))("at %s", (form) => {
  test("201 [T-12] the same request with the same key is answered as it was the first time", async () => {
    const { user, post } = await makeSender();
    const target = fillPath(form, { user_id: user.id });
    const key = crypto.randomUUID();
    const first = await post(key, rent, target);
    expect([first.status, first.headers.get("ETag")]).toEqual([201, '"1"']);
    expect(first.headers.get("Location")).toBe(`${target}/${first.body.id}`);
    for (let time = 0; time < 3; time++) {
      expect(shown(await post(key, rent, target))).toEqual(shown(first));
    }
    expect(await storedTasks(user)).toHaveLength(1);
  });

  test("201 [T-12] also after the task was changed, and after it was deleted for good", async () => {
    const { user, token, post } = await makeSender();
    const target = fillPath(form, { user_id: user.id });
    const key = crypto.randomUUID();
    const first = await post(key, rent, target);
    const own = `/api/tasks/${first.body.id}`;
    await send("PUT", own, { token, body: { title: "Changed" } });
    expect(shown(await post(key, rent, target))).toEqual(shown(first));
    expect((await send("GET", own, { token })).body.title).toBe("Changed");
    await send("DELETE", `${own}?permanent=true`, { token });
    expect(shown(await post(key, rent, target))).toEqual(shown(first));
    expect(await storedTasks(user)).toEqual([]);
  });

  test("422 [T-12] another request with the same key is refused, and nothing is made", async () => {
    const { user, post } = await makeSender();
    const target = fillPath(form, { user_id: user.id });
    const key = crypto.randomUUID();
    const first = await post(key, rent, target);
    for (const other of [
      { title: "Other" },
      { ...rent, completed: true },
      { title: rent.title },
      { ...rent, id: first.body.id },
    ]) {
      const { status, body } = await post(key, other, target);
      expect([status, body.code]).toEqual([422, "idempotency_key_reused"]);
    }
    expect(await storedTasks(user)).toHaveLength(1);
    expect(shown(await post(key, rent, target))).toEqual(shown(first));
  });
});

test("201 [T-12] without a key, or with another, it is another task", async () => {
  const { user, token, post } = await makeSender();
  await post("one", rent);
  await post("two", rent);
  await post("ONE", rent);
  await send("POST", "/api/tasks", { token, body: rent });
  expect(await storedTasks(user)).toHaveLength(4);
});

test("[T-12] neither the order of the fields nor white space makes another request", async () => {
  const { user, token, post } = await makeSender();
  const key = crypto.randomUUID();
  const first = await post(key, { title: "Pay rent", completed: false, due_date: "2026-12-01" });
  for (const raw of [
    '{"due_date":"2026-12-01","completed":false,"title":"Pay rent"}',
    ' {\n "completed" : false, "title" : "  Pay rent ",\t"due_date" : "2026-12-01" }\r\n',
    '{"title":"Pay\\u0020rent","completed":false,"due_date":"2026-12-01"}',
  ]) {
    const headers = { "Idempotency-Key": key, "Content-Type": "application/json" };
    const again = await send("POST", "/api/tasks", { token, raw, headers });
    expect(shown(again)).toEqual(shown(first));
  }
  expect(await storedTasks(user)).toHaveLength(1);
});

test("201 [T-12, O-1] the keys of two users are apart", async () => {
  const ada = await makeSender();
  const bob = await makeSender();
  const key = crypto.randomUUID();
  const hers = await ada.post(key, rent);
  const his = await bob.post(key, { title: "Bob's" });
  expect([hers.status, his.status]).toEqual([201, 201]);
  expect(his.body.owner_user_id).toBe(bob.user.id);
  expect(shown(await ada.post(key, rent))).toEqual(shown(hers));
  expect(shown(await bob.post(key, { title: "Bob's" }))).toEqual(shown(his));
});

test("201 [T-12] ten requests at the same time with one key make one task and are answered alike", async () => {
  const { user, post } = await makeSender();
  for (let round = 1; round <= 5; round++) {
    const key = crypto.randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => insist(() => post(key, rent))),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
    expect(new Set(answers.map((answer) => JSON.stringify(shown(answer)))).size).toBe(1);
    expect(await storedTasks(user)).toHaveLength(round);
  }
});

test("[T-12] of different requests at the same time with one key one is done", async () => {
  const { user, post } = await makeSender();
  const key = crypto.randomUUID();
  const titles = ["a", "b", "c", "d", "e", "f"];
  const answers = await Promise.all(titles.map((title) => insist(() => post(key, { title }))));
  const statuses = answers.map(({ status }) => status).sort();
  expect(statuses).toEqual([201, ...Array(5).fill(422)]);
  expect(await storedTasks(user)).toHaveLength(1);
});

test("[T-12, E-3] a request that was refused leaves no key", async () => {
  const { user, post } = await makeSender();
  const key = crypto.randomUUID();
  const used = { id: crypto.randomUUID(), title: "Used" };
  await post("before", used);
  expect((await post(key, { title: "" })).status).toBe(422);
  expect((await post(key, { ...used, title: "Other" })).status).toBe(409);
  const failing = { operations: [{ operation: "complete", id: crypto.randomUUID() }] };
  expect((await post(key, failing, "/api/tasks/batch")).status).toBe(422);
  expect((await storedKeys(user)).map(({ key }) => key)).toEqual(["before"]);
  expect((await post(key, rent)).status).toBe(201);
});

test("200 [T-2, T-12] the answer to a repeated create by id is kept as it was: 200", async () => {
  const { user, post } = await makeSender();
  const given = { id: crypto.randomUUID(), title: "Pay rent" };
  const made = await post("first", given);
  const found = await post("second", given);
  expect([made.status, found.status]).toEqual([201, 200]);
  expect(shown(await post("first", given))).toEqual(shown(made));
  expect(shown(await post("second", given))).toEqual(shown(found));
  expect(await storedTasks(user)).toHaveLength(1);
});

test("201 [T-12] the quotes of a structured field are not the key", async () => {
  const { user, post } = await makeSender();
  const key = crypto.randomUUID();
  const first = await post(`"${key}"`, rent);
  expect(shown(await post(key, rent))).toEqual(shown(first));
  expect(await storedTasks(user)).toHaveLength(1);
});

test("201 [T-12] a key may have 255 characters of any visible ASCII", async () => {
  const { user, post } = await makeSender();
  const keys = ["k".repeat(255), "!#$%&()*+,-./:;<=>?@[]^_`{|}~'", "a\\b", '"', "0"];
  for (const key of keys) {
    const first = await post(key, rent);
    expect([key, first.status]).toEqual([key, 201]);
    expect(shown(await post(key, rent))).toEqual(shown(first));
  }
  expect(await storedTasks(user)).toHaveLength(keys.length);
});

test.each(["", '""', "k".repeat(256), "a b", "schl\xfcssel", "a, a", "a\tb"])(
  "422 [T-12, E-1] %j is no key, and nothing is made",
  async (key) => {
    const { user, post } = await makeSender();
    const { status, body } = await post(key, rent);
    expect([status, body.errors]).toEqual([
      422,
      [{ path: ["headers", "idempotency_key"], message: expect.any(String) }],
    ]);
    expect([await storedTasks(user), await storedKeys(user)]).toEqual([[], []]);
  },
);

test("201 [T-12] after 24 hours a key is free again, and not before", async () => {
  const { user, post } = await makeSender();
  const key = crypto.randomUUID();
  const first = await post(key, rent);
  const age = async (minutes: number) => {
    await database().idempotency_keys.updateMany({
      where: { owner_user_id: user.id },
      data: { created_at: new Date(Date.now() - minutes * 60_000) },
    });
  };
  await age(24 * 60 - 2);
  expect(shown(await post(key, rent))).toEqual(shown(first));
  expect((await post(key, { title: "Other" })).status).toBe(422);
  await age(24 * 60 + 2);
  const other = await post(key, { title: "Other" });
  expect([other.status, other.body.title]).toEqual([201, "Other"]);
  expect(shown(await post(key, { title: "Other" }))).toEqual(shown(other));
  expect((await post(key, rent)).status).toBe(422);
  expect(await storedTasks(user)).toHaveLength(2);
});

describe.each(addressForms(api.batchTasks.path))("at %s", (form) => {
  test("200 [T-10, T-12] a batch with a key is done once", async () => {
    const { user, token, post } = await makeSender();
    const target = fillPath(form, { user_id: user.id });
    const { body: task } = await send("POST", "/api/tasks", { token, body: rent });
    const batch = {
      operations: [
        { operation: "create", task: rent },
        { operation: "complete", id: task.id },
        { operation: "restore", id: crypto.randomUUID() },
      ],
      atomic: false,
    };
    const key = crypto.randomUUID();
    const answers = [await post(key, batch, target)];
    answers.push(
      ...(await Promise.all([0, 1, 2].map(() => insist(() => post(key, batch, target))))),
    );
    const [first] = answers;
    expect(first?.body.results.map(({ status }: Sent) => status)).toEqual([201, 200, 404]);
    for (const answer of answers) expect([answer.status, answer.body]).toEqual([200, first?.body]);
    expect(await storedTasks(user)).toHaveLength(2);
    expect((await send("GET", `/api/tasks/${task.id}`, { token })).body.completed).toBe(true);
    const other = await post(key, { ...batch, atomic: true }, target);
    expect(other.body.code).toBe("idempotency_key_reused");
    expect((await post(key, rent)).body.code).toBe("idempotency_key_reused");
  });
});

test("401 [A-5, T-12] a deleted account's key makes nothing", async () => {
  const { user, post } = await makeSender();
  await post("key", rent);
  await database().user.delete({ where: { id: user.id } });
  for (const key of ["key", "other"]) {
    const { status, body } = await post(key, rent);
    expect([status, body.code]).toEqual([401, "unknown_user"]);
  }
  expect([await storedTasks(user), await storedKeys(user)]).toEqual([[], []]);
});
