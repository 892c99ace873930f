import { addressForms, api, fillPath, type Operation } from "@tend/contracts";
import { makeUser } from "@tend/db/testing";
import { describe, expect, test } from "vitest";
import { auth } from "#server/auth/better-auth.ts";
import { database } from "#server/database.ts";
import { fromHome, makeAccount } from "../../support/account.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { hasBody, isElsewhere, send } from "../../support/send.ts";

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

const operations = Object.values<Operation>(api);
const addresses = [...new Set(operations.flatMap(({ path }) => addressForms(path)))];

/** What `Allow` says of an address, in the order of the table. */
const allowed = (form: string): string[] => {
  const own = operations
    .filter(({ path }) => addressForms(path).includes(form))
    .map(({ method }): string => method);
  return [...own, ...(own.includes("GET") ? ["HEAD"] : []), "OPTIONS"];
};

describe.each(methods)("404 [E-1] %s", (method) => {
  const refuses = async (address: string) => {
    const user = await makeUser(database());
    for (const given of [{}, { token: tokenOf(user) }]) {
      const { status, body } = await send(method, address, given);
      expect(status).toBe(404);
      if (hasBody(method)) expect(body.code).toBe("address_not_found");
    }
  };

  test.each([
    "/api",
    "/api/nope",
    "/api/tasks/x/y/z",
    "/api/tasks/x/complete/y",
    "/api/someone/tasks/x/y",
    "/api/someone/tasks/x/complete/y",
    "/api/someone",
    "/api/task",
    "/api/TASKS",
    "/api/openapi",
    "/api/health/live",
    "/api/auth",
    "/api/auth/sign-up",
    "/api/auth/sign-in/social",
    "/api/%00",
    "/api/..%2f..%2fetc/passwd",
    `/api/${"x".repeat(5000)}`,
  ])("%s", refuses);

  // On Vercel Next answers these itself: edge case 11 of the spec.
  test.skipIf(isElsewhere).each(["/api/", "/api//tasks", "/api/%E0%A4%A"])("%s", refuses);
});

describe.each(addresses)("%s", (form) => {
  const target = fillPath(form, { user_id: "someone", id: crypto.randomUUID() });
  const lacking = methods.filter((method) => !allowed(form).includes(method));

  test.each(lacking)("405 [E-1] does not have %s, and says what it has", async (method) => {
    const user = await makeUser(database());
    for (const given of [{}, { token: tokenOf(user) }]) {
      const { status, headers, body } = await send(method, target, given);
      expect(status).toBe(405);
      if (hasBody(method)) expect(body.code).toBe("method_not_allowed");
      expect(headers.get("Allow")).toBe(allowed(form).join(", "));
    }
  });

  test("204 [C-1] OPTIONS says what it has, to everybody", async () => {
    const { status, headers, text } = await send("OPTIONS", target);
    expect([status, text]).toEqual([204, ""]);
    expect(headers.get("Allow")).toBe(allowed(form).join(", "));
  });
});

test("404 [A-1] every endpoint of Better Auth that is not in the table is closed", async () => {
  const { id, cookie } = await makeAccount();
  const before = await database().user.findUniqueOrThrow({
    where: { id },
    include: { accounts: true, sessions: true },
  });
  const known = Object.values<{ path?: string; options?: { method?: string | string[] } }>(
    (await auth()).api,
  ).flatMap(({ path, options }) =>
    path === undefined ? [] : [options?.method ?? []].flat().map((method) => ({ method, path })),
  );
  const closed = known
    .map(({ method, path }) => ({ method, path: `/api/auth${path.replace(/:\w+/g, "x")}` }))
    .filter(({ path }) => !operations.some((operation) => operation.path === path));
  expect(closed.length).toBeGreaterThan(20);
  expect(closed.map(({ path }) => path)).toContain("/api/auth/verify-email");
  for (const { method, path } of closed) {
    const { status, body } = await send(method, path, {
      headers: fromHome(cookie),
      ...(method === "GET" ? {} : { body: { token: "x", newPassword: "correct horse" } }),
    });
    expect([path, status, body.code]).toEqual([path, 404, "address_not_found"]);
  }
  const after = await database().user.findUniqueOrThrow({
    where: { id },
    include: { accounts: true, sessions: true },
  });
  expect(after).toEqual(before);
});
