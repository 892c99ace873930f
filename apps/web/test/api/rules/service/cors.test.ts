import { addressForms, api, fillPath, type Operation } from "@tend/contracts";
import { makeTask, makeUser } from "@tend/db/testing";
import { describe, expect, test } from "vitest";
import { database } from "#server/database.ts";
import { home } from "../../support/account.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { insist, send } from "../../support/send.ts";

const friend = "https://friend.example";

const strangers = [
  "https://evil.example",
  "http://friend.example",
  "https://friend.example:8443",
  "https://friend.example.evil.example",
  "https://evilfriend.example",
  "https://sub.friend.example",
  "https://friend.example/",
  "https://FRIEND.example",
  "https://tend.test",
  "http://tend.test:3000",
  "null",
  "*",
  "",
];

const operations = Object.entries<Operation>(api);
const addresses = [...new Set(operations.flatMap(([, { path }]) => addressForms(path)))];
const methodsOf = (form: string) =>
  operations
    .filter(([, { path }]) => addressForms(path).includes(form))
    .map(([, { method }]) => method);

const names = [
  "Access-Control-Allow-Origin",
  "Access-Control-Allow-Credentials",
  "Access-Control-Expose-Headers",
];
const granted = ({ headers }: { headers: Headers }) => names.map((name) => headers.get(name));

describe.each([friend, home])("[C-1] the origin %s", (Origin) => {
  test("is named back, with credentials, in successes and in every kind of refusal", async () => {
    const user = await makeUser(database());
    const other = await makeTask(database(), await makeUser(database()));
    const token = tokenOf(user);
    const headers = { Origin };
    const asked = [
      () => send("GET", "/api/tasks", { token, headers }),
      () => send("POST", "/api/tasks", { token, headers, body: { title: "x" } }),
      () => send("POST", "/api/tasks", { token, headers, body: {} }),
      () => send("POST", "/api/tasks", { token, headers, raw: "{" }),
      () => send("GET", "/api/tasks", { headers }),
      () => send("GET", `/api/tasks/${other}`, { token, headers }),
      () => send("GET", "/api/tasks/none", { token, headers }),
      () => send("PUT", "/api/tasks", { token, headers }),
      () => send("GET", "/api/nope", { headers }),
      () => send("GET", "/api/health", { headers }),
      () => send("GET", "/api/auth/token", { headers }),
      () => send("GET", "/api/auth/get-session", { headers }),
    ];
    const answers = await Promise.all(asked.map(insist));
    expect(answers.map(({ status }) => status)).toEqual([
      200, 201, 422, 415, 401, 403, 404, 405, 404, 200, 401, 200,
    ]);
    for (const answer of answers) {
      const [origin, credentials, exposed] = granted(answer);
      expect([origin, credentials]).toEqual([Origin, "true"]);
      for (const name of [
        "ETag",
        "Link",
        "Location",
        "Preference-Applied",
        "Retry-After",
        "WWW-Authenticate",
        "X-Request-Id",
      ]) {
        expect(exposed?.split(", ")).toContain(name);
      }
    }
  });

  test.each(addresses)("204 a preflight of %s is answered", async (form) => {
    const target = fillPath(form, { user_id: "someone", id: crypto.randomUUID() });
    for (const method of methodsOf(form)) {
      const { status, headers, text } = await send("OPTIONS", target, {
        headers: {
          Origin,
          "Access-Control-Request-Method": method,
          "Access-Control-Request-Headers": "authorization,content-type,prefer",
        },
      });
      expect([status, text]).toEqual([204, ""]);
      expect(headers.get("Access-Control-Allow-Origin")).toBe(Origin);
      expect(headers.get("Access-Control-Allow-Credentials")).toBe("true");
      expect(headers.get("Access-Control-Allow-Methods")?.split(", ")).toContain(method);
      const allowed = headers.get("Access-Control-Allow-Headers")?.toLowerCase().split(", ");
      expect(allowed).toEqual(expect.arrayContaining(["authorization", "content-type", "prefer"]));
      for (const value of headers.values()) expect(value).not.toBe("*");
    }
  });
});

test.each(strangers)("[C-1] the origin %j is granted nothing", async (Origin) => {
  const user = await makeUser(database());
  const headers = { Origin };
  const answers = await Promise.all([
    send("GET", "/api/tasks", { token: tokenOf(user), headers }),
    send("GET", "/api/tasks", { headers }),
    send("GET", "/api/nope", { headers }),
    send("GET", "/api/auth/get-session", { headers }),
    send("OPTIONS", "/api/tasks", {
      headers: { ...headers, "Access-Control-Request-Method": "GET" },
    }),
    send("OPTIONS", "/api/auth/token", {
      headers: { ...headers, "Access-Control-Request-Method": "GET" },
    }),
  ]);
  for (const answer of answers) expect(granted(answer)).toEqual([null, null, null]);
});

test("[C-1] without an Origin nothing is granted either", async () => {
  expect(granted(await send("GET", "/api/health"))).toEqual([null, null, null]);
});
