import { createHmac } from "node:crypto";
import { addressForms, api, BatchOperation, fillPath, type Operation } from "@tend/contracts";
import { makeTask, makeUser } from "@tend/db/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { database } from "#server/database.ts";
import { mintToken, seconds, tokenOf } from "../../support/mint-token.ts";
import { isSpoiltByNext, type Sent, send } from "../../support/send.ts";

const tasksOperations = Object.entries<Operation>(api).filter(
  ([, { security }]) => security === "bearer",
);

/** Ada, whose tasks are under attack. Her data has values that stand nowhere else. */
let ada: { id: string };
/** Bob, who attacks, with tasks and a trash of his own. */
let bob: { id: string };
/** Eve, who attacks, and has never stored anything. */
let eve: { id: string };
let task: string;
let trashed: string;
/** An id that was Ada's and is deleted for good. */
let buried: string;

const title = "Ada's secret plan";
const version = 1_234_567_891;

beforeAll(async () => {
  const connection = database();
  [ada, bob, eve] = [
    await makeUser(connection),
    await makeUser(connection),
    await makeUser(connection),
  ];
  const given = { title, description: "Tell nobody.", due_date: new Date("1999-09-09") };
  [task, trashed, buried] = [
    await makeTask(connection, ada, given),
    await makeTask(connection, ada, given),
    crypto.randomUUID(),
  ];
  await makeTask(connection, ada, given);
  await makeTask(connection, bob, { title: "Bob's own" });
  await connection.$executeRaw`
    UPDATE tasks SET version = ${version}, created_at = '2001-02-03', updated_at = '2001-02-03',
      deleted_at = CASE WHEN id = ${trashed}::uuid THEN timestamptz '2001-02-03' END, change = 2
    WHERE owner_user_id = ${ada.id}`;
  await connection.$executeRaw`
    INSERT INTO task_tombstones (owner_user_id, id, version, change)
    VALUES (${ada.id}, ${buried}::uuid, ${version}, 3)`;
  await connection.$executeRaw`
    INSERT INTO task_counters (owner_user_id, last_change) VALUES (${ada.id}, 3)
    ON CONFLICT (owner_user_id) DO UPDATE SET last_change = excluded.last_change`;
  await connection.$executeRaw`
    INSERT INTO idempotency_keys (owner_user_id, key, fingerprint) VALUES (${ada.id}, 'key', '')`;
});

/** Everything that is stored of these users' tasks, in every table that has an owner. */
const stored = (...owners: readonly { id: string }[]) => {
  const ids = owners.map(({ id }) => id);
  return database().$queryRaw<{ place: string; row: unknown }[]>`
    SELECT * FROM (
      SELECT 'tasks' AS place, to_jsonb(t) AS row FROM tasks AS t WHERE owner_user_id = ANY(${ids})
      UNION ALL
      SELECT 'task_counters', to_jsonb(t) FROM task_counters AS t WHERE owner_user_id = ANY(${ids})
      UNION ALL
      SELECT 'task_tombstones', to_jsonb(t) FROM task_tombstones AS t WHERE owner_user_id = ANY(${ids})
      UNION ALL
      SELECT 'idempotency_keys', to_jsonb(t) FROM idempotency_keys AS t WHERE owner_user_id = ANY(${ids})
    ) AS stored ORDER BY place, row`;
};

/** O-2: neither the body nor the headers hold anything of a task of Ada's. */
function holdsNothingOfAda({ headers, text }: Sent, said: string, known: readonly string[] = []) {
  const answer = `${text}\n${[...headers].flat().join("\n")}`;
  const hers = [title, "Tell nobody", "1999-09-09", "2001-02-03", String(version)];
  for (const secret of [...hers, task, trashed, buried, ada.id]) {
    if (!known.includes(secret)) expect(answer, `${said}: ${secret}`).not.toContain(secret);
  }
}

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
  const { method, path, bodyExample } = operation;
  const given = bodyExample === undefined ? {} : { body: bodyExample };

  describe.each(addressForms(path))("at %s", (form) => {
    const address = (user: string, id = task) => fillPath(form, { user_id: user, id });

    test.each(Object.entries(hostile))(
      "401 [A-4, A-5] with %s, and nothing changes",
      async (_, { token, code }) => {
        const before = await stored(ada, bob);
        const sent = token();
        const { status, headers, body } = await send(method, address(ada.id), {
          ...given,
          ...(sent !== undefined && { token: sent }),
        });
        expect([status, body.code]).toEqual([401, code]);
        expect(headers.get("WWW-Authenticate")).toBe(
          sent === undefined ? "Bearer" : 'Bearer error="invalid_token"',
        );
        expect(await stored(ada, bob)).toEqual(before);
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
          const before = await stored(ada, bob);
          const user = who === "no user" ? "nobody" : ada.id;
          for (const id of [task, trashed, buried, crypto.randomUUID(), "no-uuid"]) {
            const sent = await send(method, address(user, id), { ...given, token: tokenOf(bob) });
            expect([sent.status, sent.body.code]).toEqual([403, "forbidden"]);
            holdsNothingOfAda(sent, id);
          }
          expect(await stored(ada, bob)).toEqual(before);
        },
      );
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

/** One form of request of an operation for one task. */
interface Aim {
  /** The row, and the form of the request. */
  readonly title: string;
  readonly query?: string;
  readonly body?: (id: string) => unknown;
  readonly headers?: Record<string, string>;
  /** Whether it is about tasks in the trash too. */
  readonly trash?: boolean;
  /** Whether it makes a task with this id, which is free for each user. */
  readonly creates?: boolean;
  /** The outcome of the task, where the answer is 200 or 422 for several at once. */
  readonly outcome?: (sent: Sent) => { status: number; code: unknown };
}

/** Values of a header, besides none, under which a request is another one. */
const headerValues: Record<string, readonly string[]> = {
  if_match: ["*", '"1"'],
  if_none_match: ["*"],
};

const schemaOf = (schema: z.ZodType | undefined) =>
  schema && z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });

/** T-17: a parameter that another one needs. */
const besides: Readonly<Record<string, string>> = { due: "&time_zone=Europe/Berlin" };

/** Each value of each parameter that has a few: `?permanent=true`, `?status=trashed`. */
const queriesOf = ({ query }: Operation): string[] =>
  Object.entries(schemaOf(query)?.properties ?? {}).flatMap(([name, property]) =>
    typeof property === "object"
      ? (property.enum ?? []).map((value) => `?${name}=${value}${besides[name] ?? ""}`)
      : [],
  );

/** Every form of request of a row whose address has the id: all that its schemas give. */
function aimsOf(name: string, operation: Operation): Aim[] {
  const { body, bodyExample, bodyOptional } = operation;
  const bodies = [
    ...(body === undefined || bodyOptional ? [undefined] : []),
    ...(body === undefined ? [] : [bodyExample]),
    ...(body?.safeParse({}).success ? [{}] : []),
  ];
  const headers = Object.keys(operation.headers?.shape ?? {}).flatMap((header) =>
    (headerValues[header] ?? []).map((value) => ({ [header.replaceAll("_", "-")]: value })),
  );
  return bodies.flatMap((given) =>
    ["", ...queriesOf(operation)].flatMap((query) =>
      [{}, ...headers].map((header) => ({
        title: [name, query, JSON.stringify(given), JSON.stringify(header)].join(" "),
        query,
        headers: header,
        trash: aboutTrash.has(name + query),
        ...(given !== undefined && { body: () => given }),
      })),
    ),
  );
}

/** What is done to a task in the trash; everything else finds none there. */
const aboutTrash = new Set([
  "restoreTask",
  "deleteTask?permanent=true",
  "restore",
  "delete for good",
]);

type Kind = BatchOperation["operation"];

/** T-10: each kind of operation of a batch, naming this id. */
const batched: Record<Kind, Record<string, (id: string) => BatchOperation>> = {
  create: { create: (id) => ({ operation: "create", task: { id, title: "Bob's" } }) },
  update: { update: (id) => ({ operation: "update", id, change: { title: "Bob's" } }) },
  complete: {
    flip: (id) => ({ operation: "complete", id }),
    complete: (id) => ({ operation: "complete", id, completed: true, version: 1 }),
  },
  delete: {
    delete: (id) => ({ operation: "delete", id }),
    "delete for good": (id) => ({ operation: "delete", id, permanent: true }),
  },
  restore: { restore: (id) => ({ operation: "restore", id }) },
};

const firstResult = ({ body }: Sent) => ({
  status: body.results?.[0].status ?? body.status,
  code: body.results?.[0].problem?.code ?? body.code,
});

/** The rows whose address does not have the id, or whose body or query has one too. */
const aims: Record<string, readonly Aim[]> = {
  createTask: [{ title: "createTask", creates: true, body: (id) => ({ id, title: "Bob's" }) }],
  batchTasks: Object.values(batched).flatMap((ways) =>
    Object.entries(ways).flatMap(([way, operation]) =>
      [true, false].map((atomic) => ({
        title: `batchTasks ${way}, ${atomic ? "all or nothing" : "what can be done"}`,
        body: (id: string) => ({ operations: [operation(id)], atomic }),
        trash: aboutTrash.has(way),
        creates: way === "create",
        outcome: firstResult,
      })),
    ),
  ),
  listTasks: [],
  listChanges: [],
};

const namesTasks = ({ body, query }: Operation): boolean =>
  JSON.stringify([schemaOf(body), schemaOf(query)]).includes('"format":"uuid"');

test.each(tasksOperations)("[O-1] the matrix knows how to ask %s for a task", (name, operation) => {
  const byAddress = operation.path.includes("{id}") && !namesTasks(operation);
  expect(
    byAddress || name in aims,
    `The matrix does not know how ${name} could name a task of somebody else. Add ${name} to \`aims\` in isolation.test.ts, with a request for each place of its body or query that takes an id; where it takes none, with [].`,
  ).toBe(true);
  if (aims[name]?.length === 0) {
    expect(namesTasks(operation), `${name} takes ids: say in \`aims\` where.`).toBe(false);
  }
});

test("[O-1] the matrix knows each kind of operation of a batch", () => {
  const kinds = BatchOperation.options.map(({ shape }) => shape.operation.value);
  expect(
    kinds.filter((kind) => !(kind in batched)),
    "Add them to `batched` in isolation.test.ts, naming the id that they are given.",
  ).toEqual([]);
});

const malformed = ["no-uuid", "1", "0199d3c2", "%00", "%E0%A4%A"];

/** Bob's own task, new. */
const own = () => makeTask(database(), bob);

async function inTrash(made: Promise<string>) {
  const id = await made;
  await database().$executeRaw`
    UPDATE tasks SET deleted_at = now() WHERE owner_user_id = ${bob.id} AND id = ${id}::uuid`;
  return id;
}

/** Bob's own task, with the id of Ada's. */
async function shared(id: string) {
  await database().tasks.create({ data: { owner_user_id: bob.id, id, title: "Bob's twin" } });
  return id;
}

type Expected = "done" | "forbidden" | "absent" | "malformed";

/** The ids of requests, and the outcome where those neither create nor concern the trash. */
const ids: Record<
  string,
  { id: () => string | Promise<string>; expected: Expected; trash?: "done" }
> = {
  "one's own task": { id: own, expected: "done" },
  "one's own, of which Ada holds the id too": { id: () => shared(task), expected: "done" },
  "one's own in the trash": { id: () => inTrash(own()), expected: "absent", trash: "done" },
  "one's own in the trash, of which Ada holds the id too": {
    id: () => inTrash(shared(task)),
    expected: "absent",
    trash: "done",
  },
  "somebody else's": { id: () => task, expected: "forbidden" },
  "somebody else's, in capitals": { id: () => task.toUpperCase(), expected: "forbidden" },
  "somebody else's in the trash": { id: () => trashed, expected: "forbidden" },
  "one that somebody else deleted for good": { id: () => buried, expected: "absent" },
  "nobody's": { id: () => crypto.randomUUID(), expected: "absent" },
  ...Object.fromEntries(
    malformed.map((id) => [
      `the malformed ${id}`,
      { id: () => id, expected: "malformed" as const },
    ]),
  ),
};

/** What is left of a try, so that the next one begins as it did. */
const forget = (id: string) => database().$executeRaw`
  WITH buried AS (
    DELETE FROM task_tombstones WHERE owner_user_id = ${bob.id} AND id::text = ${id.toLowerCase()})
  DELETE FROM tasks WHERE owner_user_id = ${bob.id} AND id::text = ${id.toLowerCase()}`;

/** The rows that an attempt may not change. An attempt to write uses up a number of the counter. */
const lasting = (rows: Awaited<ReturnType<typeof stored>>, { creates }: Aim, { status }: Sent) =>
  creates || status < 300 ? rows.filter(({ place }) => place !== "task_counters") : rows;

const codes = {
  forbidden: [403, "forbidden"],
  absent: [404, "task_not_found"],
  refused: [422, "validation_failed"],
  used: [409, "id_already_used"],
  // Next on Vercel fails at it.
  undecodable: [500, undefined],
} as const;

const aimed = tasksOperations.filter(([name]) => aims[name]?.length !== 0);

describe.each(aimed)("[O-1, O-2] %s", (name, operation) => {
  const { method, path, success } = operation;
  const inAddress = path.includes("{id}");
  const ways = aims[name] ?? aimsOf(name, operation);

  const done = ({ outcome }: Aim) => (outcome ? [200, 201, 204] : Object.keys(success).map(Number));
  const outcomeOf = ({ outcome }: Aim, sent: Sent) =>
    outcome?.(sent) ?? { status: sent.status, code: sent.body?.code };

  /** What the contract says to this id. */
  function expectedOf(aim: Aim, id: string, { expected, trash }: (typeof ids)[string]) {
    if (inAddress && isSpoiltByNext(id)) return codes.undecodable;
    if (expected === "malformed") return inAddress ? codes.absent : codes.refused;
    if (aim.creates) return expected === "done" || trash ? codes.used : "done";
    if (expected === "done" || (aim.trash && trash)) return "done";
    return codes[expected];
  }

  describe.each(addressForms(path))("at %s", (form) => {
    const ask = async (asker: { id: string }, aim: Aim, id: string) => {
      const address = fillPath(form, { user_id: asker.id, id: "ID" });
      return send(method, address.replace("ID", id) + (aim.query ?? ""), {
        token: tokenOf(asker),
        // A fixed request id: random digits in an answer could be taken for Ada's.
        headers: { "X-Request-Id": "isolation", ...aim.headers },
        ...(aim.body && { body: aim.body(id) }),
      });
    };

    test.each(Object.entries(ids))("asked for %s", async (kind, wanted) => {
      for (const aim of ways) {
        const id = await wanted.id();
        const before = { adas: await stored(ada), bobs: await stored(bob) };
        const sent = await ask(bob, aim, id);
        const after = { adas: await stored(ada), bobs: await stored(bob) };
        await forget(id);
        const expected = expectedOf(aim, id, wanted);
        const said = `${aim.title}, ${kind}`;
        const { status, code } = outcomeOf(aim, sent);
        if (expected === "done") {
          expect(done(aim), `${said}: ${sent.text}`).toContain(status);
        } else {
          expect([status, code], said).toEqual(expected);
          expect(lasting(after.bobs, aim, sent), said).toEqual(lasting(before.bobs, aim, sent));
        }
        holdsNothingOfAda(sent, said, expected === "done" ? [id.toLowerCase()] : []);
        expect(after.adas, said).toEqual(before.adas);
      }
    });

    test("asked by somebody who has stored nothing, for somebody else's", async () => {
      for (const aim of ways.filter(({ creates }) => !creates)) {
        for (const id of [task, trashed]) {
          const before = await stored(ada, eve);
          const sent = await ask(eve, aim, id);
          const { status, code } = outcomeOf(aim, sent);
          expect([status, code], aim.title).toEqual(codes.forbidden);
          holdsNothingOfAda(sent, aim.title);
          expect(lasting(await stored(ada, eve), aim, sent), aim.title).toEqual(
            lasting(before, aim, sent),
          );
        }
      }
    });
  });
});

const shown = tasksOperations.filter(([name]) => aims[name]?.length === 0);

describe.each(shown)("[O-1] %s shows only what is one's own", (name, operation) => {
  const { method, path, query } = operation;
  const words = "q" in (query?.shape ?? {}) ? ["?q=secret"] : [];

  describe.each(addressForms(path))("at %s", (form) => {
    const ask = (asker: { id: string }, search: string) =>
      send(method, fillPath(form, { user_id: asker.id }) + search, { token: tokenOf(asker) });

    test("200 whatever is asked for", async () => {
      const before = await stored(ada, bob, eve);
      for (const search of ["", ...queriesOf(operation), ...words]) {
        for (const asker of [bob, eve]) {
          const sent = await ask(asker, search);
          expect(sent.status, name + search).toBe(200);
          holdsNothingOfAda(sent, name + search);
          if (search === "") expect(sent.text.includes("Bob's own")).toBe(asker === bob);
        }
      }
      expect(await stored(ada, bob, eve)).toEqual(before);
    });

    test("410 or 422 with the cursor of somebody else", async () => {
      if (!("cursor" in (query?.shape ?? {}))) return;
      const { headers, body } = await ask(ada, "?limit=1");
      const link = headers.get("Link");
      const cursor = link === null ? body.next_cursor : /cursor=([^&>]+)/.exec(link)?.[1];
      expect(cursor, "there is a next page").toEqual(expect.any(String));
      const sent = await ask(bob, `?limit=1&cursor=${cursor}`);
      expect([410, 422]).toContain(sent.status);
      holdsNothingOfAda(sent, name);
    });
  });
});

/** A body, for each row that takes an Idempotency-Key. */
const keyed: Record<string, unknown> = {
  createTask: { title: "Twice" },
  batchTasks: { operations: [{ operation: "create", task: { title: "Twice" } }] },
};
const takesKey = tasksOperations.filter(
  ([, { headers }]) => headers && "idempotency_key" in headers.shape,
);

test.each(takesKey)(
  "[O-1, T-12] a key of somebody else is one's own to use: %s",
  async (name, row) => {
    const body = keyed[name];
    expect(body, `Add a body for ${name} to \`keyed\` in isolation.test.ts.`).toBeDefined();
    for (const form of addressForms(row.path)) {
      const headers = { "Idempotency-Key": crypto.randomUUID() };
      const [hers, his] = [
        await send(row.method, fillPath(form, { user_id: ada.id }), {
          token: tokenOf(ada),
          body,
          headers,
        }),
        await send(row.method, fillPath(form, { user_id: bob.id }), {
          token: tokenOf(bob),
          body,
          headers,
        }),
      ];
      expect([hers.status, his.status]).toEqual([his.status, hers.status]);
      expect(hers.text).toContain(ada.id);
      expect(his.text).toContain(bob.id);
      holdsNothingOfAda(his, name);
      const [{ id }] = [hers.body.results?.[0].task ?? hers.body];
      expect(his.text).not.toContain(id);
    }
  },
);

describe("[A-3] the Bearer header is the only way in", () => {
  test.each([
    ["the query", (token: string) => ({ query: `?access_token=${token}`, headers: {} })],
    [
      "a cookie",
      (token: string) => ({
        query: "",
        headers: { Cookie: `token=${token}; tend.session_token=${token}` },
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
