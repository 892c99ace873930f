import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import type { APIResponse, Page, Route } from "@playwright/test";
import { elsewhere } from "../elsewhere.ts";
import { expect, noNetwork, type Person, signIn, test } from "./support/person.ts";

const web = fileURLToPath(new URL("../..", import.meta.url));

const open = ["/", "/sign-up", "/sign-in", "/docs", "/offline", "/no-such-page"];
const own = ["/tasks", "/account", "/docs"];

/** Fetches every page, first as a stranger and then as its owner. */
async function everyPage(page: Page, person: Person): Promise<APIResponse[]> {
  const answers: APIResponse[] = [];
  for (const path of open) answers.push(await page.request.get(path));
  await signIn(page, person);
  for (const path of own) answers.push(await page.request.get(path));
  return answers;
}

const scriptsOf = (html: string) => html.match(/<script\b[^>]*>/g) ?? [];

/** The addresses of the files that a page loads. */
const filesOf = (html: string) =>
  [...html.matchAll(/(?:src|href)="(\/_next\/static\/[^"]+)"/g)].map(([, path = ""]) => path);

const policyOf = (answer: APIResponse) => answer.headers()["content-security-policy"] ?? "";

function directivesOf(answer: APIResponse): Record<string, string> {
  const directives = policyOf(answer).split("; ");
  return Object.fromEntries(directives.map((text) => text.split(/ (.*)/).slice(0, 2)));
}

const nonceOf = (answer: APIResponse) => /'nonce-([^']+)'/.exec(policyOf(answer))?.[1] ?? "";

declare global {
  /** Defined in the browser by `violationsOf`. */
  function violated(text: string): void;
}

/** Collects what the browser refuses because of the policy, from the next page on. */
async function violationsOf(page: Page): Promise<string[]> {
  const violations: string[] = [];
  await page.exposeFunction("violated", (text: string) => violations.push(text));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
      violated(`${effectiveDirective} ${blockedURI}`);
    });
  });
  return violations;
}

test("every page has a strict policy, and its scripts need a nonce", async ({
  page,
  makePerson,
}) => {
  for (const answer of await everyPage(page, await makePerson())) {
    const { "script-src": script, "style-src": style, ...rest } = directivesOf(answer);
    expect(script, answer.url()).toMatch(/^'self' 'nonce-[\w+/]{22}==' 'strict-dynamic'$/);
    expect(style).toMatch(/^'self'( 'sha256-[\w+/]{43}=')*$/);
    expect(rest).toEqual({
      "default-src": "'none'",
      "img-src": "'self'",
      "font-src": "'self'",
      "connect-src": "'self'",
      "worker-src": "'self'",
      "object-src": "'none'",
      "base-uri": "'none'",
      "form-action": "'self'",
      "frame-ancestors": "'none'",
    });
  }
});

test("no two answers share a nonce", async ({ page, makePerson }) => {
  const answers = await everyPage(page, await makePerson());
  for (const answer of [...answers]) answers.push(await page.request.get(answer.url()));
  expect(new Set(answers.map(nonceOf)).size).toBe(answers.length);
});

test("every script of every page carries the nonce of its answer", async ({ page, makePerson }) => {
  for (const answer of await everyPage(page, await makePerson())) {
    const scripts = scriptsOf(await answer.text());
    expect(scripts.length, answer.url()).toBeGreaterThan(3);
    for (const script of scripts) expect(script).toContain(` nonce="${nonceOf(answer)}"`);
  }
});

test("an injected script, an inline event handler and a foreign script do not run", async ({
  page,
  foreseen,
}) => {
  foreseen.push(/Content Security Policy/);
  const ran: string[] = [];
  await page.exposeFunction("harm", (what: string) => ran.push(what));
  const violations = await violationsOf(page);
  await page.route("https://evil.example/**", (route) =>
    route.fulfill({ contentType: "text/javascript", body: "harm('foreign script')" }),
  );
  const handler = `<img src="/icon.svg" alt="" onload="harm('handler')">`;
  const scripts = `<script>harm("script")</script><script src="https://evil.example/harm.js"></script>`;
  const inject = async (route: Route, withPolicy: boolean) => {
    const response = await route.fetch();
    const headers = response.headers();
    if (!withPolicy) delete headers["content-security-policy"];
    await route.fulfill({
      response,
      headers,
      body: (await response.text()).replace("</body>", `${handler}${scripts}</body>`),
    });
  };

  await page.route("**/sign-in", (route) => inject(route, true));
  await page.goto("/sign-in");
  await page.evaluate((html) => document.body.insertAdjacentHTML("beforeend", html), handler);
  await expect
    .poll(() => violations.toSorted())
    .toEqual([
      "script-src-attr inline",
      "script-src-attr inline",
      "script-src-elem https://evil.example/harm.js",
      "script-src-elem inline",
    ]);
  expect(ran).toEqual([]);

  // Without the policy the same page runs all of it, so it was the policy that refused.
  await page.route("**/sign-up", (route) => inject(route, false));
  await page.goto("/sign-up");
  await expect.poll(() => ran.toSorted()).toEqual(["foreign script", "handler", "script"]);
});

test("nothing on a walk through the app is against the policy", async ({ page, foreseen }) => {
  foreseen.push(/status of 404/);
  const violations = await violationsOf(page);
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel("Email").fill(`${crypto.randomUUID()}@example.com`);
  await page.getByLabel("Password", { exact: true }).fill("a long walk");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL("/tasks");

  await page.getByRole("textbox", { name: "Add a task" }).fill("Pay rent");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Edit Pay rent" }).click();
  await page.getByRole("form", { name: "Edit task" }).getByLabel("Notes").fill("By Friday");
  await page.getByRole("button", { name: "Save task" }).click();
  await page.getByRole("button", { name: "Actions for Pay rent" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const message = page.getByRole("listitem").filter({ hasText: "Deleted" });
  await expect(message).toBeVisible();
  // The position comes from the style that sonner brings.
  await expect(page.locator("[data-sonner-toaster]")).toHaveCSS("position", "fixed");
  await message.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("checkbox", { name: "Pay rent" })).toBeVisible();

  await page.goto("/account");
  await page.getByText("Dark", { exact: true }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("link", { name: "API docs" }).click();
  await expect(page.getByRole("heading", { name: "Quickstart" })).toBeVisible();
  await page.goto("/docs");
  await page.goto("/no-such-page");
  await page.goto("/");
  await expect(page).toHaveURL("/tasks");
  expect(violations).toEqual([]);
});

test("a dialog and a message of failure are within the policy", async ({
  page,
  person,
  foreseen,
}) => {
  foreseen.push(noNetwork);
  const violations = await violationsOf(page);
  await person.api.createTask({ body: { title: "Pay rent" } });
  await page.goto("/tasks");
  await page.route(/\/api\/([^/]+\/)?tasks(?=[/?]|$)/, (route) => route.abort());
  await page.getByRole("checkbox", { name: "Pay rent" }).check();
  await expect(page.getByRole("listitem").filter({ hasText: "Not saved" })).toBeVisible();
  await page.goto("/account");
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(violations).toEqual([]);
});

test("pages and files say how to treat them, and not what made them", async ({
  page,
  makePerson,
}) => {
  const pages = await everyPage(page, await makePerson());
  const [script = ""] = filesOf((await pages[0]?.text()) ?? "");
  const files: APIResponse[] = [];
  for (const path of ["/icon.svg", "/tasks-light.webp", script]) {
    files.push(await page.request.get(path));
  }
  expect(files.map((file) => file.status())).toEqual([200, 200, 200]);
  for (const answer of [...pages, ...files]) {
    const headers = answer.headers();
    expect(headers, answer.url()).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
      "x-frame-options": "DENY",
      "permissions-policy": expect.stringContaining("camera=(), "),
      "cross-origin-opener-policy": "same-origin",
    });
    expect(headers).not.toHaveProperty("x-powered-by");
    expect(headers).not.toHaveProperty("server");
    // This origin speaks http.
    expect(headers).not.toHaveProperty("strict-transport-security");
  }
});

test("the API and files come past the proxy that makes nonces", async ({ page }) => {
  const [script = ""] = filesOf(await (await page.request.get("/sign-in")).text());
  for (const path of ["/api/health", "/api/no-such-address", "/icon.svg", "/sw.js", script]) {
    expect(policyOf(await page.request.get(path)), path).toBe("");
  }
});

test("no page is kept by a cache, and least of all a private one", async ({ page, makePerson }) => {
  for (const path of own) {
    const refused = await page.request.get(path, { maxRedirects: 0 });
    expect(refused.headers()["cache-control"], path).toMatch(/private.*no-store/);
  }
  for (const answer of await everyPage(page, await makePerson())) {
    expect(answer.headers()["cache-control"], answer.url()).toMatch(/private.*no-store/);
  }
});

test("the service worker is asked for anew each time, and each build has its own", async ({
  page,
}) => {
  const answer = await page.request.get("/sw.js");
  expect(answer.headers()).toMatchObject({
    "content-type": "text/javascript; charset=utf-8",
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
  });
  expect(await answer.text()).toMatch(/"tend-[\da-f]{8}-[\da-f-]{27}"/);
  expect(await (await page.request.get("/sw.js")).text()).toBe(await answer.text());
});

test("no image is scaled for whoever asks", async ({ page }) => {
  const scaled = await page.request.get("/_next/image?url=%2Ftasks-light.webp&w=640&q=75");
  expect(scaled.status()).toBe(404);
});

test("no source map is served, and no file names one", async ({ page }) => {
  test.skip(elsewhere !== undefined, "the files of the build lie elsewhere");
  const folder = `${web}/.next/static`;
  const entries = await readdir(folder, { recursive: true });
  expect(entries.filter((name) => name.endsWith(".map"))).toEqual([]);
  const sources = entries.filter((name) => /\.(?:js|css)$/.test(name));
  expect(sources.length).toBeGreaterThan(10);
  for (const name of sources) {
    expect(await readFile(`${folder}/${name}`, "utf8"), name).not.toContain("sourceMappingURL");
  }
  for (const path of filesOf(await (await page.request.get("/sign-in")).text())) {
    const answer = await page.request.get(path);
    expect(answer.headers(), path).not.toHaveProperty("sourcemap");
    expect((await page.request.get(`${path}.map`)).status(), path).toBe(404);
  }
});

test("no page can be shown in a frame, not even in one of this origin", async ({
  page,
  foreseen,
}) => {
  foreseen.push(/frame-ancestors 'none'/);
  await page.route("**/with-a-frame", (route) =>
    route.fulfill({ contentType: "text/html", body: '<iframe src="/sign-in"></iframe>' }),
  );
  const refusal = page.waitForEvent("console", (message) =>
    /Framing .* violates .* "frame-ancestors 'none'"/.test(message.text()),
  );
  await page.goto("/with-a-frame");
  await refusal;
  await expect(page.frameLocator("iframe").getByLabel("Password")).toHaveCount(0);
});

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(typeof address === "object" && address?.port);
}

test("where people come by https, browsers are told to stay there", async ({ browserName: _ }, {
  project,
}) => {
  test.skip(elsewhere !== undefined, "the build lies elsewhere");
  test.skip(project.name !== "390", "one server is enough");
  const port = await freePort();
  const server = spawn(process.execPath, ["--import", "tsx", "runtime/serve.ts"], {
    cwd: web,
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      NODE_ENV: "production",
      PORT: port,
      BETTER_AUTH_URL: "https://tend.example",
      BETTER_AUTH_SECRET: randomBytes(32).toString("base64"),
      // The database is unreachable: no page of a stranger needs it.
      DATABASE_URL: "postgresql://localhost:1/none",
    },
  });
  try {
    const answer = () => fetch(`http://localhost:${port}/sign-in`).catch(() => undefined);
    await expect.poll(async () => (await answer())?.status).toBe(200);
    const headers = (await answer())?.headers;
    expect(headers?.get("Strict-Transport-Security")).toMatch(/^max-age=\d{8,}$/);
    expect(headers?.get("Content-Security-Policy")).toMatch(/; upgrade-insecure-requests$/);
  } finally {
    server.kill("SIGKILL");
  }
});
