import { api } from "@tend/contracts";
import { expect, test } from "vitest";
import { entries } from "./document.ts";
import { fieldLine, fieldsOf, typeOf } from "./fields.ts";

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
  expect(limits).toContain("`all`, `pending`, `completed`; default `all`");
  expect(limits).toContain("1 to 500; default `100`");
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
