import { api } from "@tend/contracts";
import { expect, test } from "vitest";
import { entries } from "./document.ts";
import { fieldLine, fieldsOf, kindsOf, listedIn, typeOf } from "./fields.ts";

test("the document knows every row of the table", () => {
  expect(entries.map(({ id }) => id)).toEqual(Object.keys(api));
});

test("the fields of a body carry the limits of the contract", () => {
  const body = entries.find(({ id }) => id === "createTask")?.body ?? {};
  expect(fieldsOf(body)).toContainEqual({
    name: "title",
    type: "string",
    limits: "1 to 200 characters",
    required: true,
    description: "Trimmed. Counted in code points.",
  });
  expect(fieldsOf(body)).toContainEqual(
    expect.objectContaining({
      name: "description",
      type: "string or null",
      limits: "at most 10,000 characters",
      required: false,
    }),
  );
});

test("choices, ranges and defaults are said in words", () => {
  const parameters = entries.find(({ id }) => id === "listTasks")?.parameters ?? [];
  const limits = parameters.map(({ name, schema }) => fieldLine(name, schema, false).limits);
  expect(limits).toContain("`all`, `pending`, `completed`, `trashed`; default `all`");
  expect(limits).toContain("1 to 500; default `100`");
});

test("the headers of a request stand apart from its parameters", () => {
  const entry = entries.find(({ id }) => id === "deleteTask");
  expect(entry?.parameters.map(({ name }) => name)).toEqual(["id", "permanent"]);
  expect(entry?.headers.map(({ name, example }) => [name, example])).toEqual([["If-Match", '"1"']]);
});

test("a body that can be sent as several types has one schema", () => {
  const entry = entries.find(({ id }) => id === "patchTask");
  expect(entry?.bodyTypes).toEqual(["application/merge-patch+json", "application/json"]);
  expect(fieldsOf(entry?.body ?? {}).map(({ name }) => name)).toContain("due_date");
});

test("what a list holds is told in full, kind by kind", () => {
  const [operation = {}] = listedIn(entries.find(({ id }) => id === "batchTasks")?.body ?? {});
  expect(kindsOf(operation).map(({ name, limits }) => [name, limits])).toEqual([
    ["create", "`task` (NewTask)"],
    ["update", "`id` (UUID), `change` (TaskChange); optional `version` (integer)"],
    ["complete", "`id` (UUID); optional `completed` (boolean), `version` (integer)"],
    ["delete", "`id` (UUID); optional `permanent` (boolean), `version` (integer)"],
    ["restore", "`id` (UUID); optional `version` (integer)"],
  ]);
  const [change = {}] = listedIn(
    entries.find(({ id }) => id === "listChanges")?.answers.get(200) ?? {},
  );
  expect(kindsOf(change)[2]).toMatchObject({
    name: "deleted",
    limits: "`id` (UUID), `version` (integer), `task` (null)",
    description: "Gone for good.",
  });
});

test("types are said in words", () => {
  expect(typeOf({ type: "array", items: { $ref: "#/components/schemas/Task" } })).toBe(
    "array of Task",
  );
  expect(typeOf({ anyOf: [{ type: "string", format: "date" }, { type: "null" }] })).toBe(
    "date or null",
  );
  expect(typeOf({ type: ["string", "number"] })).toBe("string or number");
});
