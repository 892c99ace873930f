import { readdir } from "node:fs/promises";
import { addressForms, api, type Operation, openapi, problems } from "@tend/contracts";
import { expect, test } from "vitest";
import { home } from "../../support/account.ts";
import { isElsewhere, routeFile, send } from "../../support/send.ts";

interface Answer {
  readonly $ref?: string;
  readonly headers?: Record<string, unknown>;
  readonly content?: Record<string, { schema: unknown; example?: unknown; examples?: object }>;
}

interface Described {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly responses: Record<string, Answer>;
  readonly requestBody?: { content: Record<string, { example: unknown }> };
}

interface Document {
  readonly openapi: string;
  readonly info: { readonly description: string };
  readonly servers: readonly { url: string }[];
  readonly paths: Record<string, Record<string, Described>>;
}

const fetchDocument = async (): Promise<Document> => (await send("GET", "/api/openapi.json")).body;

const everyOperation = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, described]) => ({ path, method, ...described })),
  );

test("200 [C-3] the document is served to everybody, for this origin", async () => {
  const { status, headers, body } = await send("GET", "/api/openapi.json");
  expect(status).toBe(200);
  expect(headers.get("Content-Type")).toBe("application/json");
  expect(body).toEqual(JSON.parse(JSON.stringify(openapi(home))));
  expect(body.openapi).toMatch(/^3\.1\./);
  expect(body.servers).toEqual([{ url: home }]);
  expect(body.components.securitySchemes.session.name).toBe("tend.session_token");
});

test("[C-3, O-3] what it describes is served in each form, and what is served it describes", async ({
  skip,
}) => {
  skip(isElsewhere);
  const document = await fetchDocument();
  const root = new URL("../../../../src/app/api", import.meta.url);
  const files = await readdir(root, { recursive: true });
  const served = files
    .filter((file) => file.endsWith("route.ts") && !file.includes("[[...path]]"))
    .map((file) => `/api/${file.replaceAll("\\", "/").replace("/route.ts", "")}`)
    .map((folder) => folder.replaceAll("[", "{").replaceAll("]", "}"));
  // The second form stands in words: as a path it would be ambiguous with the first.
  const [first, second] = addressForms(api.getTask.path);
  expect(document.info.description).toContain(`beside \`${first}\` there is \`${second}\``);
  expect(Object.keys(document.paths).flatMap(addressForms).sort()).toEqual(served.sort());
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const form of addressForms(path)) {
      const handlers = await routeFile(form);
      const answer = await handlers.OPTIONS?.(new Request(`${home}${form}`));
      const allowed = answer?.headers.get("Allow")?.toLowerCase().split(", ") ?? [];
      expect(
        allowed.filter((method) => method !== "head" && method !== "options").sort(),
        form,
      ).toEqual(Object.keys(methods).sort());
    }
  }
});

test("[C-3] every $ref leads somewhere", async () => {
  const document = await fetchDocument();
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
    ([, ref]) => ref,
  );
  expect(refs.length).toBeGreaterThan(50);
  for (const ref of new Set(refs)) {
    const target = (ref ?? "")
      .split("/")
      .reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], document);
    expect(target, ref).toBeDefined();
  }
});

test("[C-3] every operation tells its security, and every answer its example", async () => {
  for (const { operationId, security, responses, requestBody } of everyOperation(
    await fetchDocument(),
  )) {
    expect(security, operationId).toBeInstanceOf(Array);
    const bodies = [...Object.values(responses), ...(requestBody ? [requestBody] : [])];
    for (const { content = {} } of bodies) {
      for (const media of Object.values(content)) {
        expect("example" in media || "examples" in media, operationId).toBe(true);
      }
    }
    for (const [status, answer] of Object.entries(responses)) {
      expect(Object.keys(answer.headers ?? {}), operationId).toContain("X-Request-Id");
      if (Number(status) >= 400) {
        expect(Object.keys(answer.content ?? {})).toEqual(["application/problem+json"]);
      }
    }
  }
});

test("[C-3, E-1] every error of the contract stands at the operations that can answer it", async () => {
  const described = everyOperation(await fetchDocument());
  for (const [id, operation] of Object.entries<Operation>(api)) {
    const found = described.find(({ operationId }) => operationId === id);
    const codes = Object.values(found?.responses ?? {}).flatMap(({ content }) =>
      Object.keys(content?.["application/problem+json"]?.examples ?? {}),
    );
    expect([...codes].sort(), id).toEqual(
      [...operation.problems, "internal_error", "method_not_allowed"].sort(),
    );
  }
  expect(Object.keys(problems).length).toBeGreaterThan(15);
});
