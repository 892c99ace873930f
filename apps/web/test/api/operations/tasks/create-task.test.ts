import { randomBytes } from "node:crypto";
import { addressForms, api, fillPath, positionAt } from "@tend/contracts";
import { makeTask, makeUser } from "@tend/db/testing";
import { describe, expect, test, vi } from "vitest";
import { database } from "#server/database.ts";
import { web } from "#server/http/api-request.ts";
import { routeRequest } from "#server/http/router.ts";
import { hungAfter } from "../../../hung.ts";
import { home } from "../../support/account.ts";
import { mintToken, seconds, tokenOf } from "../../support/mint-token.ts";
import { expectMoment } from "../../support/moment.ts";
import { createTask, insist, isElsewhere, send } from "../../support/send.ts";
import { storedTasks } from "../../support/stored.ts";

const post = (user: { id: string }, body: object) =>
  send("POST", "/api/tasks", { token: tokenOf(user), body });

const pathsOf = (errors: readonly { path: readonly string[] }[]) =>
  errors.map(({ path }) => path.join(".")).sort();

describe.each(addressForms(api.createTask.path))("at %s", (form) => {
  test("201 [T-1, T-2] a title alone gets the defaults; Location opens the task", async () => {
    const user = await makeUser(database());
    const token = tokenOf(user);
    const address = fillPath(form, { user_id: user.id });
    const start = Date.now();
    const made = await send("POST", address, { token, body: { title: "Pay rent" } });
    expect(made.status).toBe(201);
    expect(Object.keys(made.body)).toEqual([
      "id",
      "owner_user_id",
      "title",
      "description",
      "completed",
      "due_date",
      "created_at",
      "updated_at",
      "version",
      "deleted_at",
      "due_time",
      "time_zone",
      "priority",
      "tags",
      "position",
    ]);
    expect(made.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-/),
      owner_user_id: user.id,
      title: "Pay rent",
      description: null,
      completed: false,
      due_date: null,
      created_at: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/),
      updated_at: made.body.created_at,
      version: 1,
      deleted_at: null,
      due_time: null,
      time_zone: null,
      priority: "none",
      tags: [],
      position: expect.stringMatching(/^[0-9a-f]{19}[1-9a-f]$/),
    });
    expectMoment(made.body.created_at, start);
    const location = made.headers.get("Location") ?? "";
    expect(location).toBe(`${address}/${made.body.id}`);
    const opened = await send("GET", location, { token });
    expect(opened.status).toBe(200);
    expect(opened.body).toEqual(made.body);
    expect(made.headers.get("ETag")).toMatch(/^"[^"]+"$/);
    expect(opened.headers.get("ETag")).toBe(made.headers.get("ETag"));
  });

  test("201 [T-2] every field may be given", async () => {
    const user = await makeUser(database());
    const given = {
      id: crypto.randomUUID(),
      title: "Pay rent",
      description: "Ask for the receipt.\n",
      completed: true,
      due_date: "2028-02-29",
      due_time: "09:30",
      time_zone: "Asia/Kolkata",
      priority: "high",
      tags: ["Home", "été"],
      position: "hzz1",
    };
    const { status, body } = await send("POST", fillPath(form, { user_id: user.id }), {
      token: tokenOf(user),
      body: given,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ ...given, owner_user_id: user.id });
    const [row] = await storedTasks(user);
    expect(row).toMatchObject({
      ...given,
      due_date: new Date("2028-02-29T00:00:00Z"),
      due_time: new Date("1970-01-01T09:30:00Z"),
    });
  });
});

test("201 [E-1] self-hosted, a slash at the end does no harm: Location opens the task", async ({
  skip,
}) => {
  skip(isElsewhere);
  const user = await makeUser(database());
  const ask = (path: string, init: RequestInit = {}) =>
    web(routeRequest)(
      new Request(new URL(path, home), {
        ...init,
        headers: { Authorization: `Bearer ${tokenOf(user)}`, "Content-Type": "application/json" },
      }),
    );
  for (const address of ["/api/tasks/", `/api/${user.id}/tasks/`]) {
    const made = await ask(address, { method: "POST", body: '{"title":"Pay rent"}' });
    expect(made.status).toBe(201);
    const opened = await ask(made.headers.get("Location") ?? "");
    expect([opened.status, await opened.json()]).toEqual([200, await made.json()]);
  }
});

test("201 [T-2] the title is trimmed, the description is not", async () => {
  const user = await makeUser(database());
  const { title, description } = await createTask(tokenOf(user), {
    title: " \t\u00a0Pay rent \n",
    description: "  two lines\n\n ",
  });
  expect([title, description]).toEqual(["Pay rent", "  two lines\n\n "]);
});

test.each([
  ["emoji", "👩‍👩‍👧‍👦 🏳️‍🌈 🫠"],
  ["right to left", "שלום עולם — كتاب — \u202Eabc\u202C"],
  ["combining marks, not composed", "e\u0301 n\u0303 \u1112\u1161\u11ab"],
  ["the composed form, not taken apart", "é ñ 한"],
  ["outside the BMP", "𠮷野家 𝒯𝑒𝓃𝒹"],
  ["zalgo", "T\u0353\u0324\u0301o\u0321\u0302\u0489d\u0359\u033fo"],
  [
    "what SQL, HTML and templates would read",
    `'; DROP TABLE tasks; -- \\' <b>&amp;</b> \${x} %s $1`,
  ],
  ["control characters and line ends", "a\u0001b\u007f\r\nc\u2028d\u0085e"],
  ["noncharacters and the byte order mark", "a\uffff\ufeffb\ufdd0\u{10ffff}"],
])("201 [T-3] text comes back byte for byte: %s", async (_, text) => {
  const user = await makeUser(database());
  const token = tokenOf(user);
  const { id } = await createTask(token, { title: text, description: text });
  const bytes = Buffer.from(text, "utf8").toString("hex");
  const [row] = await database().$queryRaw<{ title: string; description: string }[]>`
    SELECT encode(convert_to(title, 'UTF8'), 'hex') AS title,
      encode(convert_to(description, 'UTF8'), 'hex') AS description
    FROM tasks WHERE owner_user_id = ${user.id} AND id = ${id}::uuid`;
  expect(row).toEqual({ title: bytes, description: bytes });
  const got = await send("GET", `/api/tasks/${id}`, { token });
  expect([got.body.title, got.body.description]).toEqual([text, text]);
  const listed = await send("GET", "/api/tasks", { token });
  expect(listed.body).toEqual([got.body]);
});

test("201 [T-2] lengths are counted in code points: 200 and 10,000 fit, one more does not", async () => {
  const user = await makeUser(database());
  const longest = { title: "😀".repeat(200), description: "😀".repeat(10_000) };
  expect(await createTask(tokenOf(user), longest)).toMatchObject(longest);
  const { status, body } = await post(user, {
    title: `${longest.title}x`,
    description: `${longest.description}x`,
  });
  expect([status, pathsOf(body.errors)]).toEqual([422, ["body.description", "body.title"]]);
  expect(await storedTasks(user)).toHaveLength(1);
});

test.each(["0001-01-01", "1582-10-10", "2028-02-29", "9999-12-31"])(
  "201 [T-2] the day %s is kept as it is",
  async (due_date) => {
    const user = await makeUser(database());
    expect(await createTask(tokenOf(user), { title: "x", due_date })).toMatchObject({ due_date });
  },
);

test.each([
  "0000-01-01",
  "10000-01-01",
  "+010000-01-01",
  "-0001-01-01",
  "2026-02-29",
  "2026-00-10",
  "2026-1-1",
  "2026-01-01T00:00:00Z",
  "infinity",
  "today",
  "",
  20260101,
  true,
  {},
])("422 [T-2] %j is no day, and nothing is stored", async (due_date) => {
  const user = await makeUser(database());
  const { status, body } = await post(user, { title: "x", due_date });
  expect([status, pathsOf(body.errors)]).toEqual([422, ["body.due_date"]]);
  expect(await storedTasks(user)).toEqual([]);
});

test.each([
  [{ due_time: "09:30" }, ["body.due_time"]],
  [{ due_date: "2026-12-01", time_zone: "UTC" }, ["body.time_zone"]],
  [{ due_date: "2026-12-01", due_time: "24:00" }, ["body.due_time"]],
  [{ due_date: "2026-12-01", due_time: "09:30", time_zone: "CET" }, ["body.time_zone"]],
  [{ priority: "urgent" }, ["body.priority"]],
  [{ tags: ["a b", "#c", "d", "D", "e,f", ""] }, [0, 1, 3, 4, 5].map((at) => `body.tags.${at}`)],
  [{ tags: Array.from({ length: 21 }, (_, index) => `${index}`) }, ["body.tags"]],
  [{ tags: ["a\0b", "\ud800"] }, ["body.tags.0", "body.tags.1"]],
])("422 [T-14, T-15, T-16, T-3] %j is refused, and nothing is stored", async (given, paths) => {
  const user = await makeUser(database());
  const { status, body } = await post(user, { title: "x", ...given });
  expect([status, pathsOf(body.errors)]).toEqual([422, paths]);
  expect(await storedTasks(user)).toEqual([]);
});

test("201 [T-15] tags come back as they were written, the longest of any script too", async () => {
  const user = await makeUser(database());
  const tags = [
    "Home",
    "e\u0301te\u0301",
    "c++",
    `"quoted"`,
    "a\\b",
    "{x}",
    "NULL",
    "日本語",
    "שלום",
  ];
  const longest = ["😀", "ﷺ", "x", "é", "日", "ǅ", "İ"].map((letter) => letter.repeat(50));
  const made = await createTask(tokenOf(user), { title: "x", tags: [...tags, ...longest] });
  expect(made.tags).toEqual([...tags, ...longest]);
  const again = await post(user, { id: made.id, title: "x", tags: [...tags, ...longest] });
  expect([again.status, again.body]).toEqual([200, made]);
});

test.each([
  { due_time: "09:31" },
  { due_time: null, time_zone: null },
  { time_zone: "Europe/Paris" },
  { time_zone: "europe/berlin" },
  { priority: "low" },
  { tags: ["b", "a"] },
  { tags: ["a"] },
])("409 [T-2, T-14, T-15, T-16] the same id with %j is another task", async (other) => {
  const user = await makeUser(database());
  const task = {
    id: crypto.randomUUID(),
    title: "x",
    ...{ due_date: "2026-12-01", due_time: "09:30", time_zone: "Europe/Berlin" },
    ...{ priority: "high", tags: ["a", "b"] },
  };
  const statuses: number[] = [];
  for (const given of [task, task, { ...task, ...other }]) {
    statuses.push((await post(user, given)).status);
  }
  expect(statuses).toEqual([201, 200, 409]);
});

test.each([
  ["a time without a day", { due_time: new Date("1970-01-01T09:30:00Z") }],
  ["a zone without a time", { due_date: new Date("2026-12-01"), time_zone: "UTC" }],
  [
    "a time with seconds",
    { due_date: new Date("2026-12-01"), due_time: new Date("1970-01-01T09:30:01Z") },
  ],
  ["another priority", { priority: "urgent" }],
  ["a tag with white space", { tags: ["a", "b\u3000c"] }],
  ["a tag that is too long", { tags: ["x".repeat(51)] }],
  ["more than twenty tags", { tags: Array(21).fill("x") }],
  ["an empty place", { position: "" }],
  ["a place that ends in 0", { position: "a0" }],
  ["a place of other characters", { position: "aB" }],
  ["a place that is too long", { position: "a".repeat(256) }],
])("[T-14, T-15, T-16, T-18] PostgreSQL itself does not store %s", async (_, given) => {
  const owner = await makeUser(database());
  const data = { owner_user_id: owner.id, id: crypto.randomUUID(), title: "x", ...given };
  await expect(database().tasks.create({ data })).rejects.toThrow(/check/);
});

test.each(["", "0", "A", "a0", "a b", "é", "a\n", "a\0b", "a".repeat(256), null, 1])(
  "422 [T-18, T-3] %j is no place, and nothing is stored",
  async (position) => {
    const user = await makeUser(database());
    const { status, body } = await post(user, { title: "x", position });
    expect([status, pathsOf(body.errors)]).toEqual([422, ["body.position"]]);
    expect(await storedTasks(user)).toEqual([]);
  },
);

test("201 [T-18] the longest place is kept", async () => {
  const user = await makeUser(database());
  const position = "z".repeat(255);
  expect(await createTask(tokenOf(user), { title: "x", position })).toMatchObject({ position });
});

test("201 [T-18] without a place a task comes on top of all that were made earlier", async () => {
  const user = await makeUser(database());
  const ids: string[] = [];
  for (let number = 0; number < 5; number++) {
    const made = await createTask(tokenOf(user), { title: `${number}` });
    const moment = Date.parse(made.created_at);
    // The contract's own positions at the moments beside it.
    expect(positionAt(moment + 1) < made.position).toBe(true);
    expect(made.position < positionAt(moment - 1)).toBe(true);
    ids.unshift(made.id);
    await vi.waitUntil(() => Date.now() > moment, { timeout: hungAfter, interval: 1 });
  }
  const { body } = await send("GET", "/api/tasks?sort=position", { token: tokenOf(user) });
  expect(body.map(({ id }: { id: string }) => id)).toEqual(ids);
});

test.each([
  ["NUL", "a\0b"],
  ["the first half of a surrogate pair", "a\ud83db"],
  ["the second half", "\ude00"],
  ["two halves in the wrong order", "\ude00\ud83d"],
])("422 [T-3] %s in any text is refused, not replaced", async (_, text) => {
  const user = await makeUser(database());
  const { status, body } = await post(user, { title: text, description: text });
  expect([status, pathsOf(body.errors)]).toEqual([422, ["body.description", "body.title"]]);
  expect(await storedTasks(user)).toEqual([]);
});

test("422 [O-1] an owner in the body is refused by name, whoever it is", async () => {
  const user = await makeUser(database());
  const other = await makeUser(database());
  for (const [name, owner] of [
    ["owner_user_id", other.id],
    ["owner_user_id", user.id],
    ["user_id", other.id],
    ["owner", { connect: { id: other.id } }],
  ]) {
    const { status, body } = await post(user, { title: "x", [String(name)]: owner });
    expect([status, pathsOf(body.errors)]).toEqual([422, [`body.${name}`]]);
  }
  expect(await storedTasks(user, other)).toEqual([]);
});

test("422 [E-1, T-2] every fault at once, each unknown field by its name", async () => {
  const user = await makeUser(database());
  const { status, body } = await send("POST", "/api/tasks?mode=fast", {
    token: tokenOf(user),
    body: {
      id: "1",
      title: "  ",
      description: 5,
      completed: "yes",
      due_date: "2026-02-30",
      version: 1,
      created_at: "2026-01-01T00:00:00.000Z",
    },
  });
  expect([status, pathsOf(body.errors)]).toEqual([
    422,
    [
      "body.completed",
      "body.created_at",
      "body.description",
      "body.due_date",
      "body.id",
      "body.title",
      "body.version",
      "query.mode",
    ],
  ]);
  expect(await storedTasks(user)).toEqual([]);
});

test.each([{}, { description: "x" }, { title: null }, { title: 5 }, { title: "" }])(
  "422 [T-2] %j has no title",
  async (given) => {
    const user = await makeUser(database());
    const { status, body } = await post(user, given);
    expect([status, pathsOf(body.errors)]).toEqual([422, ["body.title"]]);
    expect(await storedTasks(user)).toEqual([]);
  },
);

describe("a client's own id [T-2]", () => {
  test("200: the same id and content again is the same task", async () => {
    const user = await makeUser(database());
    const given = { id: crypto.randomUUID(), title: "Pay rent", due_date: "2026-12-01" };
    const first = await post(user, given);
    const again = await post(user, { ...given, title: " Pay rent ", description: null });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
    for (const name of ["Location", "ETag"])
      expect(again.headers.get(name)).toBe(first.headers.get(name));
    expect(await storedTasks(user)).toHaveLength(1);
  });

  test.each([
    { title: "Pay the rent" },
    { description: "x" },
    { completed: true },
    { due_date: null },
    { due_date: "2026-12-02" },
  ])("409 [E-2]: the same id with %j is refused and changes nothing", async (change) => {
    const user = await makeUser(database());
    const given = { id: crypto.randomUUID(), title: "Pay rent", due_date: "2026-12-01" };
    await createTask(tokenOf(user), given);
    const before = await storedTasks(user);
    const { status, body } = await post(user, { ...given, ...change });
    expect([status, body.code]).toEqual([409, "id_already_used"]);
    expect(await storedTasks(user)).toEqual(before);
  });

  test("200 [T-18]: again after a move it is the same task, where it lies now", async () => {
    const user = await makeUser(database());
    const token = tokenOf(user);
    const given = { id: crypto.randomUUID(), title: "Pay rent", position: "a" };
    await post(user, given);
    const moved = await send("PUT", `/api/tasks/${given.id}`, { token, body: { position: "b" } });
    for (const position of ["a", "c", undefined]) {
      const { status, body } = await post(user, { ...given, position });
      expect([status, body]).toEqual([200, moved.body]);
    }
  });

  test("201 [O-1]: an id that somebody else holds is free for me, and theirs stays theirs", async () => {
    const ada = await makeUser(database());
    const bob = await makeUser(database());
    const id = await makeTask(database(), ada, { title: "Ada's", description: "secret" });
    const before = await storedTasks(ada);
    const { status, text } = await post(bob, { id, title: "Bob's" });
    expect(status).toBe(201);
    expect(text).not.toMatch(/Ada|secret/);
    expect(await storedTasks(ada)).toEqual(before);
    for (const [user, title] of [
      [ada, "Ada's"],
      [bob, "Bob's"],
    ] as const) {
      const token = tokenOf(user);
      expect((await send("GET", `/api/tasks/${id}`, { token })).body.title).toBe(title);
      const { body } = await send("GET", "/api/tasks", { token });
      expect(body.map((task: { title: string }) => task.title)).toEqual([title]);
    }
    await send("DELETE", `/api/tasks/${id}?permanent=true`, { token: tokenOf(bob) });
    expect(await storedTasks(ada, bob)).toEqual(before);
  });

  test("201: in upper case it is the same id", async () => {
    const user = await makeUser(database());
    const id = crypto.randomUUID();
    const made = await post(user, { id: id.toUpperCase(), title: "x" });
    expect([made.status, made.body.id]).toEqual([201, id]);
    expect((await post(user, { id, title: "x" })).status).toBe(200);
    const { body } = await send("GET", `/api/tasks/${id.toUpperCase()}`, { token: tokenOf(user) });
    expect(body).toEqual(made.body);
  });

  test.each(["", "1", "no-uuid", "{0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47}", 7, null])(
    "422: %j is no UUID",
    async (id) => {
      const user = await makeUser(database());
      const { status, body } = await post(user, { id, title: "x" });
      expect([status, pathsOf(body.errors)]).toEqual([422, ["body.id"]]);
    },
  );

  test("201 once, else 200: twenty creates at the same time make one task", async () => {
    const user = await makeUser(database());
    const given = { id: crypto.randomUUID(), title: "Pay rent" };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => insist(() => post(user, given))),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(19).fill(200), 201]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await storedTasks(user)).toHaveLength(1);
  });

  test("200 or 201, never 403 or 404: while the same id is deleted, and another user holds it", async () => {
    const user = await makeUser(database());
    const token = tokenOf(user);
    const id = await makeTask(database(), await makeUser(database()));
    for (let round = 0; round < 20; round++) {
      const creates = Array.from({ length: 6 }, () => [
        insist(() => post(user, { id, title: "Pay rent" })),
        send("DELETE", `/api/tasks/${id}`, { token }),
      ]);
      const answers = await Promise.all(creates.flat());
      const statuses = answers.filter((_, index) => index % 2 === 0).map(({ status }) => status);
      expect(statuses.filter((status) => status !== 200 && status !== 201)).toEqual([]);
    }
  });
});

test("201 [E-3] sixty creates at the same time make sixty tasks", async () => {
  const user = await makeUser(database());
  const titles = Array.from({ length: 60 }, (_, index) => `Task ${index}`);
  const answers = await Promise.all(titles.map((title) => insist(() => post(user, { title }))));
  expect(answers.map(({ status }) => status)).toEqual(Array(60).fill(201));
  const rows = await storedTasks(user);
  expect(rows.map(({ title }) => title).sort()).toEqual([...titles].sort());
  expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(answers.map(({ body }) => body.id)));
});

describe("401 [A-5]: a good token of", () => {
  test.each([
    [
      "a user who was deleted",
      async () => {
        const user = await makeUser(database());
        await makeTask(database(), user);
        await database().user.delete({ where: { id: user.id } });
        return user.id;
      },
    ],
    ["a user who never was", async () => crypto.randomUUID()],
    ["a user with an id of 6,000 characters", async () => randomBytes(3000).toString("hex")],
  ])("%s stores nothing", async (_, make) => {
    const id = await make();
    const token = mintToken({ sub: id, iat: seconds(), exp: seconds(300) });
    const { status, headers, body } = await send("POST", "/api/tasks", {
      token,
      body: { title: "x" },
    });
    expect(status).toBe(401);
    // An id that no database could hold may be refused before the database sees it.
    expect(body.code).toMatch(
      id.length < 100 ? /^unknown_user$/ : /^(unknown_user|invalid_token)$/,
    );
    expect(headers.get("WWW-Authenticate")).toBe('Bearer error="invalid_token"');
    expect(await storedTasks({ id })).toEqual([]);
    expect(await database().user.findUnique({ where: { id } })).toBeNull();
  });
});
