import { expect, test } from "vitest";
import { addressForms } from "./address.ts";
import { api } from "./api.ts";
import { openapi } from "./openapi.ts";

const committed = "../../../specs/001-backend-todo-api/contracts/openapi.json";

test("[C-3] the committed OpenAPI document is the one the table gives (pnpm openapi writes it)", async () => {
  await expect(`${JSON.stringify(openapi(), null, 2)}\n`).toMatchFileSnapshot(committed);
});

test("[C-3] every operation stands in it, in every address form, with an id of its own", () => {
  const { paths } = openapi() as { paths: Record<string, Record<string, { operationId: string }>> };
  const ids = Object.values(paths).flatMap((path) => Object.values(path).map((o) => o.operationId));
  expect(new Set(ids).size).toBe(ids.length);
  for (const [id, operation] of Object.entries(api)) {
    for (const form of addressForms(operation.path)) {
      expect(paths[form]?.[operation.method.toLowerCase()]?.operationId).toMatch(id);
    }
  }
});

test("[C-3] every example keeps to its schema", () => {
  for (const operation of Object.values(api)) {
    for (const { schema, example } of Object.values(operation.success) as {
      schema?: { parse(value: unknown): unknown };
      example?: unknown;
    }[]) {
      if (schema) expect(schema.parse(example)).toEqual(example);
    }
    if ("body" in operation)
      expect(() => operation.body.parse(operation.bodyExample)).not.toThrow();
  }
});
