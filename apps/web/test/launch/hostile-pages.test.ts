import { once } from "node:events";
import { type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answers, freePort, makeFolder, until } from "./start.ts";

let folder: Awaited<ReturnType<typeof makeFolder>>;
let server: ReturnType<typeof folder.start>;
let port: number;

beforeAll(async () => {
  folder = await makeFolder();
  port = await freePort();
  server = folder.start({ PORT: String(port) });
  await until("the server answers", () => answers(port));
});

afterAll(() => folder.end());

async function ask(
  method: string,
  path: string,
  headers: OutgoingHttpHeaders = {},
  body?: string | Buffer,
): Promise<{ status: number; headers: IncomingMessage["headers"]; text: string }> {
  const asked = request({ port, host: "127.0.0.1", path, method, headers }).end(body);
  const [answer]: IncomingMessage[] = await once(asked, "response");
  if (!answer) throw new Error("no answer");
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const { statusCode: status = 0 } = answer;
  return { status, headers: answer.headers, text: Buffer.concat(chunks).toString() };
}

/** What the app said since it was ready. */
const said = () => {
  const lines = server.output().split("\n").filter(Boolean);
  return lines.slice(lines.findIndex((line) => line.includes("Stop it with Ctrl-C")) + 1);
};

const parameters = (count: number) => Array(count).fill("a").join("&");

test.each(["/sign-in", "/no-such-page", "/icon.svg", "/docs"])(
  "400 malformed_request [C-12] %s with more than a hundred parameters",
  async (path) => {
    const crowded = await ask("GET", `${path}?${parameters(101)}`);
    expect(crowded.status).toBe(400);
    expect(JSON.parse(crowded.text)).toMatchObject({ code: "malformed_request" });
    expect((await ask("GET", `${path}?${parameters(7_000)}`)).status).toBe(400);
    expect((await ask("GET", `${path}?${parameters(100)}`)).status).toBe(
      path === "/no-such-page" ? 404 : 200,
    );
  },
);

test("[C-12] a page with a long User-Agent takes no longer than one without", async () => {
  const timed = async (agent: string) => {
    const start = performance.now();
    expect((await ask("GET", "/sign-in", { "User-Agent": agent })).status).toBe(200);
    return performance.now() - start;
  };
  const [short, long]: [number[], number[]] = [[], []];
  await timed("curl");
  for (let round = 0; round < 7; round++) {
    short.push(await timed("curl"));
    long.push(await timed("a".repeat(14_000)));
  }
  expect(Math.min(...long)).toBeLessThan(10 * Math.min(...short));
});

test("[C-12, E-4] no page reads a body or calls a function, and the log says nothing of it", async () => {
  const mark = "mark-of-the-caller";
  const long = Buffer.alloc(11 * 1024 * 1024, "x");
  const form = "multipart/form-data; boundary=x";
  for (const path of ["/sign-in", `/tasks?q=${mark}`, "/no-such-page"]) {
    const { status } = await ask("GET", path);
    for (const [headers, body] of [
      [{ "Content-Type": "application/json" }, long],
      [{ "Content-Type": form }, `--x\r\nContent-Disposition: form-data; name="${mark}"\r\n\r\n`],
      [{ "Content-Type": form, "Next-Action": "a".repeat(42) }, long],
      [{ "Content-Type": "text/plain", "Next-Action": mark }, "[]"],
    ] as const) {
      const { length } = body;
      const answer = await ask("POST", path, { ...headers, "Content-Length": length }, body);
      expect(answer.status, `${path} ${JSON.stringify(headers)}`).toBe(status);
    }
    const told = await ask("OPTIONS", path, { "Content-Length": long.length }, long);
    expect(told.status).toBe(204);
    expect(told.headers.allow).toBe("GET, HEAD, POST, OPTIONS");
  }
  for (const line of said()) expect(line).toMatch(/^\{"level":"(info|warn)".*\}$/);
  expect(said().join("\n")).not.toContain(mark);
});

const tree = (value: unknown) => encodeURIComponent(JSON.stringify(value));
let nested: unknown = ["", {}];
for (let level = 0; level < 1_000; level++) nested = ["", { a: nested }];

test("[C-12] whatever headers of Next's own router say, no page is a 500", async () => {
  const trees = [
    ...["", "x", "%", "1", "null", "[]", "{}", '["",{"__proto__":["",{}]}]', "[".repeat(5_000)],
    ...[tree(["", { a: 1 }]), tree(["", {}, 1]), tree(["", {}, null, "x"]), tree([["a"], {}])],
    ...[
      tree(["", {}, null, null, null, null]),
      tree(["a".repeat(5_000), {}]),
      JSON.stringify(nested),
    ],
  ];
  const others = [
    ...["next-router-prefetch", "next-router-segment-prefetch", "next-url", "next-hmr-refresh"],
    ...["next-request-id", "next-html-request-id", "next-resume", "x-nextjs-data", "next-action"],
  ];
  const asked = [
    ...trees.map((value) => ({ "next-router-state-tree": value })),
    ...others.flatMap((name) => ["1", "%", "/..", "{}", "x"].map((value) => ({ [name]: value }))),
  ];
  for (const headers of asked) {
    let answer = await ask("GET", "/sign-in", { rsc: "1", ...headers });
    // Next has the address hold a digest of these headers, so that caches tell them apart.
    const { location } = answer.headers;
    if (location) answer = await ask("GET", location, { rsc: "1", ...headers });
    expect(answer.status, JSON.stringify(headers).slice(0, 80)).toBe(200);
  }
  for (const line of said()) expect(line).toMatch(/^\{"level":"(info|warn)".*\}$/);
});

test("[C-12] the tree that Next's router says is heard: what it has is not sent again", async () => {
  const length = async (state: unknown) => {
    const headers = { rsc: "1", "next-router-state-tree": tree(state) };
    const { headers: led } = await ask("GET", "/sign-in", headers);
    return (await ask("GET", led.location ?? "/sign-in", headers)).text.length;
  };
  const page = ["", { children: ["sign-up", { children: ["__PAGE__", {}, null, null, 16] }] }];
  expect(await length(page)).toBeLessThan(await length("none"));
});

test.each(["/_global-error", "/_global-error?x=1"])(
  "404 [C-12, C-5] %s is no page, and nobody keeps it",
  async (path) => {
    for (const method of ["GET", "HEAD", "POST"]) {
      const { status, headers } = await ask(method, path);
      expect(status).toBe(404);
      expect(headers["cache-control"]).toContain("no-store");
    }
  },
);
