import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { docsPage } from "./docs-page.ts";

const servers = new Set<ReturnType<typeof createServer>>();

afterEach(() => {
  for (const server of servers) server.close();
  servers.clear();
});

/** Serves a page like Next's, and records each time that it was rendered, and for whom. */
async function serving(given: { fails?: number; isSignedIn?: () => Promise<boolean> } = {}) {
  const seen: string[] = [];
  let fails = given.fails ?? 0;
  const page: RequestListener = (incoming, outgoing) => {
    seen.push(incoming.headers.cookie ?? "");
    const nonce = randomBytes(16).toString("base64");
    outgoing.writeHead(fails-- > 0 ? 500 : 200, {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": `default-src 'none'; script-src 'self' 'nonce-${nonce}'`,
      Vary: "RSC",
    });
    const script = `<script nonce="${nonce}">self.n("${nonce}", "${"é".repeat(2_000)}")</script>`;
    outgoing.end(`<!DOCTYPE html>${script.repeat(3)}<p>${incoming.headers.cookie ?? ""}</p>`);
  };
  const serve = docsPage({
    page,
    isSignedIn:
      given.isSignedIn ?? (async ({ headers }) => /session=good/.test(headers.cookie ?? "")),
    looksOf: (cookies) => /theme=(?:dark|light)/.exec(cookies)?.[0] ?? "",
  });
  const server = createServer((incoming, outgoing) => void serve(incoming, outgoing));
  servers.add(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const ask = async (headers: Record<string, string> = {}, method = "GET") => {
    const answer = await fetch(`http://127.0.0.1:${port}/docs`, { method, headers });
    const text = await answer.text();
    const policy = answer.headers.get("content-security-policy") ?? "";
    return { answer, text, nonce: /'nonce-([^']+)'/.exec(policy)?.[1] ?? "" };
  };
  return { seen, ask };
}

test("[C-3, C-5] it is rendered once for all strangers, each of whom has a nonce of their own", async () => {
  const { seen, ask } = await serving();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      ask({
        "accept-encoding": n % 2 ? "gzip, br" : "identity",
        ...(n % 3 && { cookie: `a=${n}` }),
      }),
    ),
  );
  expect(seen).toEqual([""]);
  expect(new Set(answers.map(({ nonce }) => nonce)).size).toBe(20);
  for (const { answer, text, nonce } of answers) {
    expect(nonce).toMatch(/^[\w+/]{22}==$/);
    expect(text.split(`nonce="${nonce}"`)).toHaveLength(4);
    expect(text.match(/nonce="/g)).toHaveLength(3);
    expect(text).toContain(`self.n("${nonce}"`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([
      200,
      "text/html; charset=utf-8",
    ]);
    expect(answer.headers.get("vary")).toBe("RSC, Accept-Encoding");
  }
  expect(answers.map(({ answer }) => answer.headers.get("content-encoding"))).toEqual(
    answers.map((_, n) => (n % 2 ? "gzip" : null)),
  );
});

test("[C-3] each look is rendered once, and whoever is signed in has a page of their own", async () => {
  const { seen, ask } = await serving();
  for (let round = 0; round < 3; round++) {
    expect((await ask({ cookie: `theme=dark; session=bad${round}` })).text).toContain(
      "<p>theme=dark<",
    );
    expect((await ask({ cookie: "theme=light" })).text).toContain("<p>theme=light<");
  }
  const own = "session=good; theme=dark";
  expect((await ask({ cookie: own })).text).toContain(`<p>${own}<`);
  expect(seen).toEqual(["theme=dark", "theme=light", own]);
});

test("[C-3] one that fails is not kept, and where nobody can tell who asks it is rendered as ever", async () => {
  const failing = await serving({ fails: 2 });
  expect((await failing.ask()).answer.status).toBe(500);
  expect((await failing.ask()).answer.status).toBe(200);
  expect((await failing.ask()).answer.status).toBe(200);
  expect(failing.seen).toHaveLength(3);
  const unsure = await serving({ isSignedIn: () => Promise.reject(new Error("no database")) });
  expect((await unsure.ask({ cookie: "session=good" })).text).toContain("<p>session=good<");
});

test("[C-3] HEAD has the headers alone, and a refused gzip is not sent", async () => {
  const { ask } = await serving();
  const whole = await ask({ "accept-encoding": "gzip;q=0, identity" });
  expect(whole.answer.headers.get("content-encoding")).toBeNull();
  const head = await ask({ "accept-encoding": "identity" }, "HEAD");
  expect([head.answer.status, head.text]).toEqual([200, ""]);
  expect(head.answer.headers.get("content-length")).toBe(
    whole.answer.headers.get("content-length"),
  );
});
