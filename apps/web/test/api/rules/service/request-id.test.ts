import { makeUser } from "@tend/db/testing";
import { expect, test } from "vitest";
import { database } from "#server/database.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { type Sent, send } from "../../support/send.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const idOf = ({ headers }: Sent) => headers.get("X-Request-Id");

test.each([
  "a",
  "0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47",
  "Root=1-67891233-abcdef012345678912345678",
  "trace/1.2:3_4+5=",
  "x".repeat(128),
])("[E-4] the sane id %s comes back, whatever the status", async (id) => {
  const user = await makeUser(database());
  const token = tokenOf(user);
  const headers = { "X-Request-Id": id };
  const answers = [
    await send("GET", "/api/tasks", { token, headers }),
    await send("POST", "/api/tasks", { token, headers, body: {} }),
    await send("GET", "/api/tasks", { headers }),
    await send("GET", "/api/tasks/none", { token, headers }),
    await send("PUT", "/api/tasks", { headers }),
    await send("GET", "/api/nope", { headers }),
    await send("OPTIONS", "/api/tasks", { headers }),
    await send("GET", "/api/health", { headers }),
    await send("GET", "/api/auth/token", { headers }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([
    200, 422, 401, 404, 405, 404, 204, 200, 401,
  ]);
  expect(answers.map(idOf)).toEqual(Array(answers.length).fill(id));
});

test.each([
  ["none at all", undefined],
  ["an empty one", ""],
  ["spaces", "a b"],
  ["129 characters", "x".repeat(129)],
  ["a letter beyond ASCII", "é"],
  ["quotes", '"a"'],
  ["JSON", '{"a":1}'],
  ["a script", "<script>"],
  ["a tab", "a\tb"],
  ["two of them", "a, b"],
])("[E-4] %s is replaced by a new one", async (_, id) => {
  const given = id === undefined ? {} : { headers: { "X-Request-Id": id } };
  const first = await send("GET", "/api/health", given);
  const second = await send("GET", "/api/tasks", given);
  expect(idOf(first)).toMatch(uuid);
  expect(idOf(second)).toMatch(uuid);
  expect(idOf(first)).not.toBe(idOf(second));
});
