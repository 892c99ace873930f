/**
 * What the API is measured against: `node:http` and `pg`, and nothing that the same work does not
 * need. It checks the token, filters by the owner, and answers the same fields.
 */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Pool } from "pg";
import type { BenchOperation } from "./generator.ts";
import type { Part, Statements } from "./same-sql.ts";

const { PORT, DATABASE_URL = "", BETTER_AUTH_SECRET = "", SAME_SQL } = process.env;
const pool = new Pool({ connectionString: DATABASE_URL, max: 10 });

/** The user of the token; undefined where its signature or its time does not hold. */
function userOf(authorization = ""): string | undefined {
  const token = authorization.slice("Bearer ".length);
  const dot = token.lastIndexOf(".");
  const signature = Buffer.from(token.slice(dot + 1), "base64url");
  const expected = createHmac("sha256", BETTER_AUTH_SECRET).update(token.slice(0, dot)).digest();
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return;
  const [, claims = ""] = token.split(".");
  const { sub, exp } = JSON.parse(Buffer.from(claims, "base64url").toString());
  return exp > Date.now() / 1000 ? sub : undefined;
}

const columns = `id, owner_user_id, title, description, completed, to_char(due_date, 'YYYY-MM-DD')
  AS due_date, created_at, updated_at, version, deleted_at, to_char(due_time, 'HH24:MI') AS due_time,
  time_zone, priority, tags, position`;

async function bodyOf(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

async function answer(request: IncomingMessage, user: string): Promise<[number, unknown]> {
  const [path = "", query = ""] = (request.url ?? "").split("?");
  const id = path.split("/")[3];
  if (request.method === "POST") {
    const { title, description } = await bodyOf(request);
    const { rows } = await pool.query(
      `INSERT INTO bare.tasks (id, owner_user_id, title, description)
       VALUES ($1, $2, $3, $4) RETURNING ${columns}`,
      [randomUUID(), user, title, description],
    );
    return [201, rows[0]];
  }
  if (request.method === "PATCH") {
    const { rows } = await pool.query(
      `UPDATE bare.tasks SET completed = NOT completed, version = version + 1, updated_at = now()
       WHERE owner_user_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING ${columns}`,
      [user, id],
    );
    return rows[0] ? [200, rows[0]] : [404, { code: "task_not_found" }];
  }
  if (id !== undefined) {
    const { rows } = await pool.query(
      `SELECT ${columns} FROM bare.tasks
       WHERE owner_user_id = $1 AND id = $2 AND deleted_at IS NULL`,
      [user, id],
    );
    return rows[0] ? [200, rows[0]] : [404, { code: "task_not_found" }];
  }
  const { rows } = await pool.query(
    `SELECT ${columns} FROM bare.tasks WHERE owner_user_id = $1 AND deleted_at IS NULL
     ORDER BY created_at DESC, id DESC LIMIT $2`,
    [user, Number(new URLSearchParams(query).get("limit") ?? 100)],
  );
  return [200, rows];
}

const statements: Statements | undefined = SAME_SQL && JSON.parse(readFileSync(SAME_SQL, "utf8"));

/** The same by the app's own statements, whose rows hold their JSON. */
async function answerAlike(
  { list, get, create, toggle }: Statements,
  request: IncomingMessage,
  user: string,
): Promise<[number, string]> {
  const task = (request.url ?? "").split("?")[0]?.split("/")[3];
  const ask = async (
    operation: BenchOperation,
    { text, values }: Statements[BenchOperation],
    given: Partial<Record<Part, unknown>> = {},
  ) => {
    const parts: Partial<Record<Part, unknown>> = { user, task, ...given };
    const { rows } = await pool.query<{ json: string }>({
      name: operation,
      text,
      values: values.map((value) => (typeof value === "string" ? parts[value] : value.constant)),
    });
    return rows.map(({ json }) => json);
  };
  const one = ([json]: string[], status: number): [number, string] =>
    json === undefined ? [404, '{"code":"task_not_found"}'] : [status, json];
  if (request.method === "POST") {
    const made = { ...(await bodyOf(request)), new_id: randomUUID() };
    return one(await ask("create", create, made), 201);
  }
  if (request.method === "PATCH") return one(await ask("toggle", toggle), 200);
  if (task !== undefined) return one(await ask("get", get), 200);
  return [200, `[${(await ask("list", list)).slice(0, 20).join(",")}]`];
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(text),
  });
  response.end(text);
}

createServer((request, response) => {
  const user = userOf(request.headers.authorization);
  if (user === undefined) return send(response, 401, '{"code":"invalid_token"}');
  const answered = statements
    ? answerAlike(statements, request, user)
    : answer(request, user).then(([status, body]) => [status, JSON.stringify(body)] as const);
  answered.then(
    ([status, text]) => send(response, status, text),
    () => send(response, 500, '{"code":"internal_error"}'),
  );
}).listen(Number(PORT), "127.0.0.1");
