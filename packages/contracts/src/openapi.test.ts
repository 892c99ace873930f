import { readFileSync } from "node:fs";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { expect, test } from "vitest";
import { api } from "./api.ts";
import { openapi } from "./openapi.ts";
import { Problem } from "./problem.ts";

const document = openapi();
const committed = "../../../specs/contracts/openapi.json";

test("[C-3] the committed OpenAPI document is the one the table gives (pnpm openapi writes it)", async () => {
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(committed);
});

test("[C-3] one version: the document, each package and the changelog", () => {
  const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
  const manifests = ["", "apps/web/", "packages/contracts/", "packages/db/"];
  const changelog = /^(?:What will be |## \[)(\d+\.\d+\.\d+)/m.exec(read("CHANGELOG.md"));
  const { version } = (document as { info: { version: string } }).info;
  expect([
    changelog?.[1],
    ...manifests.map((folder) => JSON.parse(read(`${folder}package.json`)).version),
  ]).toEqual(Array(manifests.length + 1).fill(version));
});

test("[C-3] every operation stands in it, with an id of its own", () => {
  const { paths } = document as { paths: Record<string, Record<string, { operationId: string }>> };
  const ids = Object.values(paths).flatMap((path) => Object.values(path).map((o) => o.operationId));
  expect(new Set(ids).size).toBe(ids.length);
  for (const [id, operation] of Object.entries(api)) {
    expect(paths[operation.path]?.[operation.method.toLowerCase()]?.operationId).toBe(id);
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

/** What Redocly's ruleset recommended-strict finds: no rule is switched off, nothing ignored. */
async function lint(described: object): Promise<string[]> {
  const config = await createConfig({ extends: ["recommended-strict"] });
  const found = await lintFromString({ source: JSON.stringify(described), config });
  return found.map(({ severity, ruleId, message, location }) =>
    [severity, ruleId, location[0]?.pointer, message].join(" "),
  );
}

test("[C-3] a strict lint finds no error and no warning, as committed and as deployed", async () => {
  expect(await lint(document)).toEqual([]);
  expect(await lint(openapi("https://tend.example"))).toEqual([]);
});

test("[C-3] the lint sees a wrong example, a missing summary and an ambiguous path", async () => {
  const { "/api/tasks": tasks } = document.paths as Record<string, object>;
  const found = await lint({
    ...document,
    paths: {
      ...(document.paths as object),
      "/api/{user_id}/tasks": tasks,
      "/api/more": {
        get: {
          operationId: "more",
          security: [],
          responses: {
            200: {
              description: "A number.",
              content: { "application/json": { schema: { type: "number" }, example: "one" } },
            },
          },
        },
      },
    },
  });
  for (const rule of ["no-invalid-media-type-examples", "operation-summary", "no-ambiguous-paths"])
    expect(found.join("\n")).toContain(`error ${rule} `);
});

test("[C-3] every header, path parameter and problem has an example", () => {
  const { paths, components } = document as {
    paths: Record<string, Record<string, Described>>;
    components: { headers: Record<string, { example?: unknown }> };
  };
  for (const described of Object.values(paths).flatMap((path) => Object.values(path))) {
    for (const { name, in: place, example } of described.parameters) {
      if (place !== "query") expect(example, `${described.operationId} ${name}`).toBeDefined();
    }
    for (const { headers, content } of Object.values(described.responses)) {
      for (const [name, { $ref, example }] of Object.entries(headers)) {
        const shared = components.headers[$ref?.split("/").at(-1) ?? ""];
        expect(example ?? shared?.example, `${described.operationId} ${name}`).toBeDefined();
      }
      for (const [code, { value }] of Object.entries(
        content?.["application/problem+json"]?.examples ?? {},
      )) {
        expect(Problem.strict().parse(value)).toMatchObject({ code });
      }
    }
  }
});

interface Described {
  readonly operationId: string;
  readonly parameters: readonly { name: string; in: string; example?: unknown }[];
  readonly responses: Record<
    string,
    {
      headers: Record<string, { $ref?: string; example?: unknown }>;
      content?: Record<string, { examples?: Record<string, { value: unknown }> }>;
    }
  >;
}
