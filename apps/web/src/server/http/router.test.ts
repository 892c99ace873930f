import { addressForms, api, fillPath, type Operation } from "@tend/contracts";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { web } from "./api-request.ts";

let routeRequest: typeof import("./router.ts").routeRequest;

beforeAll(async () => {
  vi.stubEnv("BETTER_AUTH_SECRET", "a secret of the right length, really");
  vi.stubEnv("BETTER_AUTH_URL", "http://tend.test");
  vi.stubEnv("DATABASE_URL", "postgresql://nobody@nowhere.invalid/none");
  ({ routeRequest } = await import("./router.ts"));
});

const ask = async (method: string, path: string) => {
  const answer = web(routeRequest);
  const response = await answer(new Request(`http://tend.test${path}`, { method }));
  const text = await response.text();
  return { response, body: text === "" ? undefined : JSON.parse(text) };
};

const operations = Object.values<Operation>(api);
const forms = [...new Set(operations.flatMap(({ path }) => addressForms(path)))];
const methodsOf = (form: string): string[] =>
  operations.filter(({ path }) => addressForms(path).includes(form)).map(({ method }) => method);

describe.each(forms)("the self-hosted server [E-1]: %s", (form) => {
  const path = fillPath(form, { user_id: "someone", id: crypto.randomUUID() });
  const own = methodsOf(form);

  test.each(["", "/"])(
    "405 for every method that it lacks, with Allow (%j at its end)",
    async (end) => {
      const allow = [...own, ...(own.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
      const lacking = ["GET", "POST", "PUT", "PATCH", "DELETE", "NO-TRACE", "PROPFIND"].filter(
        (method) => !own.includes(method),
      );
      for (const method of lacking) {
        const { response, body } = await ask(method, path + end);
        expect([response.status, body.code]).toEqual([405, "method_not_allowed"]);
        expect(response.headers.get("Allow")).toBe(allow);
      }
      const { response } = await ask("OPTIONS", path + end);
      expect([response.status, response.headers.get("Allow")]).toEqual([204, allow]);
    },
  );
});

const bearer = operations.filter(({ security }) => security === "bearer");

test.each(bearer.flatMap(({ method, path }) => addressForms(path).map((form) => [method, form])))(
  "401 [A-5] the self-hosted server: %s %s without a token",
  async (method = "", form = "") => {
    const path = fillPath(form, { user_id: "someone", id: crypto.randomUUID() });
    const { response, body } = await ask(method, path);
    expect([response.status, body.code]).toEqual([401, "missing_token"]);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  },
);

test.each([
  "/api",
  "/api/",
  "/api/nope",
  "/api/tasks/x/y/z",
  "/api//tasks",
  "/api/auth/verify-email",
])("404 [E-1] the self-hosted server: %s", async (path) => {
  for (const method of ["GET", "HEAD", "POST", "DELETE", "OPTIONS", "NO-TRACE"]) {
    const { response, body } = await ask(method, path);
    expect([response.status, body.code]).toEqual([404, "address_not_found"]);
    expect(response.headers.get("X-Request-Id")).toBe(body.request_id);
  }
});

test("[E-1] the self-hosted server: an id that cannot be decoded is asked for its token, like any other", async () => {
  for (const path of ["/api/tasks/%E0%A4%A", "/api/%E0%A4%A/tasks", "/api/tasks/tasks/complete"]) {
    const { response } = await ask(path.endsWith("complete") ? "PATCH" : "GET", path);
    expect(response.status).toBe(401);
  }
});

test("200 [C-2] the self-hosted server: health answers to GET and HEAD", async () => {
  for (const method of ["GET", "HEAD"]) {
    const { response } = await ask(method, "/api/health");
    expect(response.status).toBe(200);
  }
});
