import { createHmac } from "node:crypto";
import { addressForms, api, fillPath, type Operation } from "@tend/contracts";
import { makeTask, makeUser } from "@tend/db/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { database } from "#server/database.ts";
import { mintToken, seconds, tokenOf } from "./mint-token.ts";
import { send } from "./send.ts";

const tasksOperations = Object.entries<Operation>(api).filter(
  ([, { security }]) => security === "bearer",
);

let ada: { id: string };
let bob: { id: string };
let task: string;

beforeAll(async () => {
  ada = await makeUser(database());
  bob = await makeUser(database());
  task = await makeTask(database(), ada, {
    title: "Ada's secret plan",
    description: "Tell nobody.",
  });
});

/** Everything that is stored of these two users' tasks. */
const stored = () =>
  database().tasks.findMany({
    where: { owner_user_id: { in: [ada.id, bob.id] } },
    orderBy: [{ owner_user_id: "asc" }, { id: "asc" }],
  });

const good = { iat: seconds(), exp: seconds(300) };
const none = (claims: object) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(claims)}.`;
};
const other = (algorithm: string, hash: string) => () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: algorithm })}.${part({ sub: ada.id, ...good })}`;
  const secret = process.env.BETTER_AUTH_SECRET ?? "";
  return `${text}.${createHmac(hash, secret).update(text).digest("base64url")}`;
};

/** Tokens that open nothing, and the code that says why. */
const hostile: Record<string, { token: () => string | undefined; code: string }> = {
  "no token": { token: () => undefined, code: "missing_token" },
  garbage: { token: () => "garbage", code: "invalid_token" },
  "an empty token": { token: () => "", code: "invalid_token" },
  "an expired token": {
    token: () => mintToken({ sub: ada.id, iat: seconds(-900), exp: seconds(-1) }),
    code: "expired_token",
  },
  "a token of another secret": {
    token: () =>
      mintToken({ sub: ada.id, ...good }, { secret: "another secret, just as long as it takes" }),
    code: "invalid_token",
  },
  "alg none": { token: () => none({ sub: ada.id, ...good }), code: "invalid_token" },
  "alg HS512 under the same secret": { token: other("HS512", "sha512"), code: "invalid_token" },
  "alg hs256 in lower case": { token: other("hs256", "sha256"), code: "invalid_token" },
  "no sub": { token: () => mintToken(good), code: "invalid_token" },
  "an empty sub": { token: () => mintToken({ sub: "", ...good }), code: "invalid_token" },
  "a sub that is no string": { token: () => mintToken({ sub: 7, ...good }), code: "invalid_token" },
  "a sub with NUL": { token: () => mintToken({ sub: "a\0b", ...good }), code: "invalid_token" },
  "no exp": { token: () => mintToken({ sub: ada.id }), code: "invalid_token" },
  "an exp that is no number": {
    token: () => mintToken({ sub: ada.id, exp: String(seconds(300)) }),
    code: "invalid_token",
  },
  "not valid yet": {
    token: () => mintToken({ sub: ada.id, ...good, nbf: seconds(120) }),
    code: "invalid_token",
  },
  "issued in the future": {
    token: () => mintToken({ sub: ada.id, iat: seconds(120), exp: seconds(300) }),
    code: "invalid_token",
  },
  "another issuer": {
    token: () => mintToken({ sub: ada.id, ...good, iss: "https://evil.example" }),
    code: "invalid_token",
  },
  "another audience": {
    token: () => mintToken({ sub: ada.id, ...good, aud: ["https://evil.example"] }),
    code: "invalid_token",
  },
  "an unknown critical header": {
    token: () =>
      mintToken({ sub: ada.id, ...good }, { header: { alg: "HS256", crit: ["x"], x: 1 } }),
    code: "invalid_token",
  },
  "a changed payload": {
    token: () => {
      const [header, , signature] = tokenOf(bob).split(".");
      const claims = Buffer.from(JSON.stringify({ sub: ada.id, ...good })).toString("base64url");
      return [header, claims, signature].join(".");
    },
    code: "invalid_token",
  },
};

describe.each(tasksOperations)("%s", (_, operation) => {
  const { method, path, params, bodyExample } = operation;
  const given = bodyExample === undefined ? {} : { body: bodyExample };

  describe.each(addressForms(path))("at %s", (form) => {
    const address = (user: string, id = task) => fillPath(form, { user_id: user, id });

    test.each(Object.entries(hostile))(
      "401 [A-4, A-5] with %s, and nothing changes",
      async (_, { token, code }) => {
        const before = await stored();
        const sent = token();
        const { status, headers, body } = await send(method, address(ada.id), {
          ...given,
          ...(sent !== undefined && { token: sent }),
        });
        expect([status, body.code]).toEqual([401, code]);
        expect(headers.get("WWW-Authenticate")).toBe(
          sent === undefined ? "Bearer" : 'Bearer error="invalid_token"',
        );
        expect(await stored()).toEqual(before);
      },
    );

    test("401 [A-5] comes before anything of the request is parsed", async () => {
      const { status } = await send(method, `${address(ada.id, "no-uuid")}?unknown=1`, {
        ...(bodyExample === undefined
          ? {}
          : { raw: "{", headers: { "Content-Type": "text/plain" } }),
      });
      expect(status).toBe(401);
    });

    if (form.includes("{user_id}")) {
      test.each(["a user that there is", "no user"])(
        "403 [O-3] where the path names %s and the token another",
        async (who) => {
          const before = await stored();
          const user = who === "no user" ? "nobody" : ada.id;
          for (const id of [task, crypto.randomUUID(), "no-uuid"]) {
            const { status, text } = await send(method, address(user, id), {
              ...given,
              token: tokenOf(bob),
            });
            expect(status).toBe(403);
            expect(text).not.toContain("secret");
          }
          expect(await stored()).toEqual(before);
        },
      );
    }

    if (params) {
      test("403 [O-2] for a task of somebody else, of which the answer holds nothing", async () => {
        const before = await stored();
        const { status, body, text } = await send(method, address(bob.id), {
          ...given,
          token: tokenOf(bob),
        });
        expect([status, body.code]).toEqual([403, "forbidden"]);
        expect(text).not.toMatch(/secret|nobody/i);
        expect(await stored()).toEqual(before);
      });

      test.each([
        "0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47",
        "no-uuid",
        "1",
        "0199d3c2",
        "%00",
        "%E0%A4%A",
      ])("404 [O-2] for the id %s that no task has", async (id) => {
        const target = fillPath(form, { user_id: ada.id, id: "ID" }).replace("ID", id);
        const { status, body } = await send(method, target, { ...given, token: tokenOf(ada) });
        expect([status, body.code]).toEqual([404, "task_not_found"]);
      });
    } else {
      test("[O-1] shows and makes only what is one's own", async () => {
        const { text } = await send(method, address(bob.id), { ...given, token: tokenOf(bob) });
        expect(text).not.toMatch(/secret/i);
        const adas = (await stored()).filter((row) => row.owner_user_id === ada.id);
        expect(adas.map((row) => row.id)).toEqual([task]);
      });
    }

    test("422 [T-6] an unknown query parameter is refused by name", async () => {
      const { status, body } = await send(method, `${address(ada.id)}?nonsense=1`, {
        ...given,
        token: tokenOf(ada),
      });
      expect(status).toBe(422);
      expect(body.errors).toContainEqual({
        path: ["query", "nonsense"],
        message: expect.any(String),
      });
    });
  });
});

describe("[A-3] the Bearer header is the only way in", () => {
  test.each([
    ["the query", (token: string) => ({ query: `?access_token=${token}`, headers: {} })],
    [
      "a cookie",
      (token: string) => ({
        query: "",
        headers: { Cookie: `token=${token}; better-auth.session_token=${token}` },
      }),
    ],
    [
      "another header",
      (token: string) => ({ query: "", headers: { "X-Authorization": `Bearer ${token}` } }),
    ],
    [
      "the scheme Basic",
      (token: string) => ({ query: "", headers: { Authorization: `Basic ${token}` } }),
    ],
    [
      "two headers in one",
      (token: string) => ({
        query: "",
        headers: { Authorization: `Bearer ${token}, Bearer ${token}` },
      }),
    ],
  ])("401 for a good token in %s", async (_, place) => {
    const { query, headers } = place(tokenOf(ada));
    const { status } = await send("GET", `/api/tasks${query}`, { headers });
    expect(status).toBe(401);
  });

  test.each(["Bearer", "bearer", "BEARER"])("200 with the scheme written %s", async (scheme) => {
    const { status } = await send("GET", "/api/tasks", {
      headers: { Authorization: `${scheme} ${tokenOf(ada)}` },
    });
    expect(status).toBe(200);
  });
});
