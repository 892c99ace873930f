import { api, fillPath, limits, type Operation } from "@tend/contracts";
import { makeTask, makeUser } from "@tend/db/testing";
import { describe, expect, test } from "vitest";
import { database } from "#server/database.ts";
import { fromHome, makeAccount } from "../../support/account.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { type Sent, send, servedBy } from "../../support/send.ts";
import { storedTasks } from "../../support/stored.ts";

const json = { "Content-Type": "application/json" };
const utf8 = (text: string) => new TextEncoder().encode(text);

/** A body that arrives piece by piece, without a Content-Length of its own. */
const streamed = (pieces: Iterable<Uint8Array<ArrayBuffer>>, onCancel = () => {}) => {
  const source = pieces[Symbol.iterator]();
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const { done, value } = source.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: onCancel,
  });
};

function* forEver() {
  for (;;) yield utf8(" ".repeat(4096));
}

interface Refused {
  readonly status: number;
  readonly code: string;
  readonly raw: () => BodyInit;
  readonly headers?: Record<string, string>;
}

const fits = `{"title":"Changed","completed":true}`;

/** Bodies that no operation takes. */
const refused: Record<string, Refused> = {
  "cut off JSON": { status: 400, code: "malformed_json", raw: () => '{"title":"Changed"' },
  "white space alone": { status: 400, code: "malformed_json", raw: () => " \n\t " },
  "JSON and more behind it": { status: 400, code: "malformed_json", raw: () => `${fits} x` },
  "two JSON texts": { status: 400, code: "malformed_json", raw: () => `${fits}\n${fits}` },
  "JavaScript instead of JSON": {
    status: 400,
    code: "malformed_json",
    raw: () => "{title: 'Changed', completed: true}",
  },
  NaN: { status: 400, code: "malformed_json", raw: () => '{"completed":NaN}' },
  "a form": { status: 400, code: "malformed_json", raw: () => "title=Changed&completed=true" },
  "bytes that are no UTF-8": {
    status: 400,
    code: "malformed_json",
    raw: () => Uint8Array.of(...utf8('{"title":"'), 0xc3, 0x28, ...utf8('"}')),
  },
  "a surrogate half in UTF-8": {
    status: 400,
    code: "malformed_json",
    raw: () => Uint8Array.of(...utf8('{"title":"'), 0xed, 0xa0, 0x80, ...utf8('"}')),
  },
  "UTF-16": {
    status: 400,
    code: "malformed_json",
    raw: () => new Uint8Array(Buffer.from(`\ufeff${fits}`, "utf16le")),
  },
  "one byte over 64 KiB": {
    status: 413,
    code: "body_too_large",
    raw: () => utf8(fits.padEnd(limits.body + 1)),
  },
  "a Content-Length over 64 KiB": {
    status: 413,
    code: "body_too_large",
    raw: () => utf8(fits),
    headers: { "Content-Length": "65537" },
  },
  "six megabytes": {
    status: 413,
    code: "body_too_large",
    raw: () => utf8(fits.padEnd(6 * 1024 * 1024)),
  },
  "65,537 streamed bytes without a length": {
    status: 413,
    code: "body_too_large",
    raw: () => streamed([utf8(fits.padEnd(limits.body)), utf8(" ")]),
  },
  "65,537 streamed bytes under a Content-Length of 10": {
    status: 413,
    code: "body_too_large",
    raw: () => streamed([utf8(fits.padEnd(limits.body)), utf8(" ")]),
    headers: { "Content-Length": "10" },
  },
  "a Content-Length that is no number, and too many bytes": {
    status: 413,
    code: "body_too_large",
    raw: () => streamed([utf8(fits.padEnd(limits.body)), utf8(" ")]),
    headers: { "Content-Length": "many" },
  },
  "JSON 100,000 deep": {
    status: 413,
    code: "body_too_large",
    raw: () => "[".repeat(100_000) + "]".repeat(100_000),
  },
  "an array 100,000 wide": {
    status: 413,
    code: "body_too_large",
    raw: () => `[${"1,".repeat(100_000)}1]`,
  },
  "65,000 brackets that never close": {
    status: 400,
    code: "malformed_json",
    raw: () => "[".repeat(65_000),
  },
  "JSON 30,000 deep": {
    status: 422,
    code: "validation_failed",
    raw: () => "[".repeat(30_000) + "]".repeat(30_000),
  },
  "a field 5,000 deep": {
    status: 422,
    code: "validation_failed",
    raw: () => `{"title":${'{"set":'.repeat(5_000)}1${"}".repeat(5_000)}}`,
  },
  "6,000 unknown fields": {
    status: 422,
    code: "validation_failed",
    raw: () => `{${Array.from({ length: 6_000 }, (_, n) => `"f${n}":1`).join()}}`,
  },
  null: { status: 422, code: "validation_failed", raw: () => "null" },
  "a string": { status: 422, code: "validation_failed", raw: () => '"Changed"' },
  "a number": { status: 422, code: "validation_failed", raw: () => "1e999" },
  "an array of what fits": { status: 422, code: "validation_failed", raw: () => `[${fits}]` },
  "operator objects": {
    status: 422,
    code: "validation_failed",
    raw: () => '{"title":{"not":""},"completed":{"set":true}}',
  },
  __proto__: {
    status: 422,
    code: "validation_failed",
    raw: () => '{"completed":true,"__proto__":{"title":"Changed"}}',
  },
  "constructor and prototype": {
    status: 422,
    code: "validation_failed",
    raw: () => '{"completed":true,"constructor":{"prototype":{"title":"Changed"}}}',
  },
  "a field with NUL in its name": {
    status: 422,
    code: "validation_failed",
    raw: () => '{"completed":true,"title\\u0000":"Changed"}',
  },
};

const types = [
  "text/plain",
  "text/json",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/xml",
  "application/jsonp",
  "application/json-seq",
  "application/x-json",
  "application/json, text/plain",
  "json",
  "*/*",
];

for (const type of types) {
  refused[`the type ${type}`] = {
    status: 415,
    code: "unsupported_media_type",
    raw: () => utf8(fits),
    headers: { "Content-Type": type },
  };
}

const operations = ["createTask", "updateTask", "completeTask"] as const;

describe.each(operations)("%s", (id) => {
  const { method, path } = api[id] as Operation;

  test.each(Object.entries(refused))(
    "[E-2, E-3] %s is refused and changes nothing",
    async (_, { status, code, raw, headers }) => {
      const user = await makeUser(database());
      const task = await makeTask(database(), user);
      const before = await storedTasks(user);
      const answer = await send(method, fillPath(path, { id: task }), {
        token: tokenOf(user),
        raw: raw(),
        headers: { ...json, ...headers },
      });
      expect([answer.status, answer.body.code]).toEqual([status, code]);
      expect(await storedTasks(user)).toEqual(before);
      expect(Object.keys({})).toEqual([]);
      expect("title" in {}).toBe(false);
    },
  );

  // Over HTTP that takes a client that goes on writing: serve.test.ts has one.
  test.skipIf(servedBy !== "next")(
    "413 [E-2] a body without end is not read to its end",
    async () => {
      const user = await makeUser(database());
      const task = await makeTask(database(), user);
      let cancelled = false;
      const { status } = await send(method, fillPath(path, { id: task }), {
        token: tokenOf(user),
        raw: streamed(forEver(), () => {
          cancelled = true;
        }),
        headers: json,
      });
      expect([status, cancelled]).toEqual([413, true]);
    },
  );

  // Over a connection that broke off nobody is answered.
  test.skipIf(servedBy !== "next")(
    "[E-2] a body that breaks off is no defect of ours, and changes nothing",
    async () => {
      const user = await makeUser(database());
      const task = await makeTask(database(), user);
      const before = await storedTasks(user);
      const { status } = await send(method, fillPath(path, { id: task }), {
        token: tokenOf(user),
        raw: new ReadableStream({
          start: (controller) => controller.enqueue(utf8('{"title":"Chan')),
          pull: (controller) => controller.error(new Error("aborted")),
        }),
        headers: json,
      });
      expect(status).toBe(400);
      expect(await storedTasks(user)).toEqual(before);
    },
  );
});

describe.each(["createTask", "updateTask"] as const)("%s", (id) => {
  const { method, path } = api[id] as Operation;

  test("400 [E-2] without a body", async () => {
    const user = await makeUser(database());
    const task = await makeTask(database(), user);
    const before = await storedTasks(user);
    for (const given of [{}, { headers: json }, { raw: "", headers: json }]) {
      const { status, body } = await send(method, fillPath(path, { id: task }), {
        token: tokenOf(user),
        ...given,
      });
      expect([status, body.code]).toEqual([400, "malformed_json"]);
    }
    expect(await storedTasks(user)).toEqual(before);
  });
});

test.each([
  ["application/json", fits],
  ["application/json; charset=utf-8", fits],
  ["application/json;charset=UTF-8", fits],
  ["Application/JSON", fits],
  ["application/vnd.api+json", fits],
  ["application/merge-patch+json; charset=utf-8", fits],
])("201 [E-2] the type %s is JSON", async (type, text) => {
  const user = await makeUser(database());
  const { status, body } = await send("POST", "/api/tasks", {
    token: tokenOf(user),
    raw: utf8(text),
    headers: { "Content-Type": type },
  });
  expect([status, body.title]).toEqual([201, "Changed"]);
});

test.each([
  ["whole", () => utf8(fits.padEnd(limits.body))],
  [
    "streamed byte by byte at the end",
    () => streamed([utf8(fits.padEnd(limits.body - 3)), utf8(" "), utf8(" "), utf8(" ")]),
  ],
  [
    "streamed, a character cut in two",
    () => {
      const bytes = utf8('{"title":"Changed","description":"é"}'.padEnd(limits.body - 1));
      const cut = bytes.indexOf(0xc3) + 1;
      return streamed([bytes.slice(0, cut), bytes.slice(cut)]);
    },
  ],
])("201 [E-2] exactly 64 KiB are not too much: %s", async (_, raw) => {
  const user = await makeUser(database());
  const { status, body } = await send("POST", "/api/tasks", {
    token: tokenOf(user),
    raw: raw(),
    headers: json,
  });
  expect([status, body.title]).toEqual([201, "Changed"]);
});

test("201 [E-2] of a field given twice the last one counts, as JSON.parse has it", async () => {
  const user = await makeUser(database());
  const { status } = await send("POST", "/api/tasks", {
    token: tokenOf(user),
    raw: '{"title":"a","title":"b"}',
    headers: json,
  });
  expect([status, (await storedTasks(user)).map(({ title }) => title)]).toEqual([201, ["b"]]);
});

test("422 [E-1] a path of errors leads to the field, whatever its name", async () => {
  const user = await makeUser(database());
  const { body } = await send("POST", "/api/tasks", {
    token: tokenOf(user),
    raw: '{"title":"x","__proto__":1,"a.b":1,"":1}',
    headers: json,
  });
  expect(body.errors.map(({ path }: { path: string[] }) => path).sort()).toEqual([
    ["body", ""],
    ["body", "__proto__"],
    ["body", "a.b"],
  ]);
});

describe("the account operations", () => {
  const attempts: Record<string, (given: Refused) => Promise<Sent>> = {
    signUp: ({ raw, headers }) =>
      send("POST", "/api/auth/sign-up/email", { raw: raw(), headers: { ...json, ...headers } }),
    signIn: ({ raw, headers }) =>
      send("POST", "/api/auth/sign-in/email", { raw: raw(), headers: { ...json, ...headers } }),
    updateUser: async ({ raw, headers }) =>
      send("POST", "/api/auth/update-user", {
        raw: raw(),
        headers: { ...json, ...fromHome((await makeAccount()).cookie), ...headers },
      }),
  };
  const some = [
    "cut off JSON",
    "bytes that are no UTF-8",
    "one byte over 64 KiB",
    "65,537 streamed bytes under a Content-Length of 10",
    "JSON 30,000 deep",
    "null",
    "__proto__",
    "the type text/plain",
    "the type application/x-www-form-urlencoded",
  ] as const;
  for (const [operation, attempt] of Object.entries(attempts)) {
    test.each(some)(`[E-2, E-3] ${operation} refuses %s`, async (name) => {
      const given = refused[name] as Refused;
      const answer = await attempt(given);
      expect([answer.status, answer.body.code]).toEqual([given.status, given.code]);
      expect(answer.headers.getSetCookie()).toEqual([]);
    });
  }
});
