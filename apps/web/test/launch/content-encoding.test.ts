import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signUp } from "./load.ts";
import { answers, freePort, makeFolder, until } from "./start.ts";

let folder: Awaited<ReturnType<typeof makeFolder>>;
let port: number;

beforeAll(async () => {
  folder = await makeFolder();
  port = await freePort();
  folder.start({ PORT: String(port) });
  await until("the server answers", () => answers(port));
});

afterAll(() => folder.end());

async function ask(path: string, headers: Record<string, string>, method = "GET") {
  const asking = request({ port, host: "127.0.0.1", path, method, headers }).end();
  const [answer]: IncomingMessage[] = await once(asking, "response");
  if (!answer) throw new Error("No answer came.");
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return { status: answer.statusCode, headers: answer.headers, bytes: Buffer.concat(chunks) };
}

test("200 [C-11] a long answer comes in the encoding that is asked for, and is the same", async () => {
  const path = "/api/openapi.json";
  const plain = await ask(path, {});
  expect(plain.headers["content-encoding"]).toBeUndefined();
  expect(plain.headers.vary).toBe("Origin, Accept-Encoding");
  for (const [encoding, decode] of [
    ["br", brotliDecompressSync],
    ["gzip", gunzipSync],
  ] as const) {
    const { headers, bytes } = await ask(path, { "Accept-Encoding": encoding });
    expect(headers["content-encoding"]).toBe(encoding);
    expect(headers.vary).toBe("Origin, Accept-Encoding");
    expect(headers["content-length"]).toBe(String(bytes.length));
    expect(bytes.length).toBeLessThan(plain.bytes.length / 4);
    expect(decode(bytes).equals(plain.bytes)).toBe(true);
    const head = await ask(path, { "Accept-Encoding": encoding }, "HEAD");
    expect(head.bytes).toHaveLength(0);
    expect(head.headers["content-encoding"]).toBe(encoding);
    expect(head.headers.vary).toBe("Origin, Accept-Encoding");
  }
  const refused = await ask(path, { "Accept-Encoding": "br;q=0, gzip;q=0" });
  expect(refused.bytes.equals(plain.bytes)).toBe(true);
});

test("200 [C-11] no answer that is short, has an ETag or belongs to an account is encoded", async () => {
  const ada = await signUp(`http://127.0.0.1:${port}`);
  const description = "x".repeat(5_000);
  const { body: task } = await ada.client.createTask({ body: { title: "Long", description } });
  const asked = { "Accept-Encoding": "br, gzip", Authorization: `Bearer ${ada.token()}` };
  const list = await ask("/api/tasks", asked);
  expect(list.headers["content-encoding"]).toBe("br");
  expect(JSON.parse(String(brotliDecompressSync(list.bytes)))).toHaveLength(1);
  for (const path of ["/api/health", `/api/tasks/${task.id}`, "/api/auth/get-session"]) {
    const { headers } = await ask(path, asked);
    expect(headers["content-encoding"], path).toBeUndefined();
    expect(headers.vary, path).toBe("Origin");
    expect(/no-transform/.test(headers["cache-control"] ?? ""), path).toBe(path !== "/api/health");
  }
  const held = { ...asked, "If-None-Match": `"${task.version}"` };
  const unchanged = await ask(`/api/tasks/${task.id}`, held);
  expect([unchanged.status, unchanged.headers["content-encoding"]]).toEqual([304, undefined]);
});

test("200 [C-11] a page is encoded once, by Next", async () => {
  const { headers, bytes } = await ask("/sign-in", { "Accept-Encoding": "gzip, br" });
  expect(headers["content-encoding"]).toBe("gzip");
  expect(gunzipSync(bytes).toString()).toContain("<!DOCTYPE html>");
});
