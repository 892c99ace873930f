import { createServer } from "node:net";
import { defineConfig } from "@playwright/test";
import { browser } from "./test/e2e/support/browser.ts";
import { elsewhere } from "./test/elsewhere.ts";
import { hungAfter } from "./test/hung.ts";
import { isLong } from "./test/long.ts";

/** Free ports, found once: worker processes read this file again and must get the same. */
async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(typeof address === "object" && address?.port);
}

process.env.TEND_E2E_NEXT ??= await freePort();
process.env.TEND_E2E_SERVE ??= await freePort();

/** The two servers of the production build; each screen comes through one of them. */
const ports = { next: process.env.TEND_E2E_NEXT, serve: process.env.TEND_E2E_SERVE };
const originOf = (server: keyof typeof ports) => elsewhere ?? `http://localhost:${ports[server]}`;

const wide = { baseURL: originOf("next"), viewport: { width: 1280, height: 800 } };
const phone = { baseURL: originOf("serve"), viewport: { width: 390, height: 844 }, hasTouch: true };
const timed = ["time-to-content.spec.ts", "speed.spec.ts"];

const specs = (...names: string[]) => names.map((name) => `${name}.spec.ts`);

/** What neither width nor server changes: a short run has it by one of them, a long one by both. */
const onlyWide = isLong
  ? []
  : specs("account", "conflict", "keyboard", "order-by-hand", "transfer", "two-tabs", "undo");
const onlyPhone = isLong
  ? []
  : [
      ...specs("filters", "page-budgets", "offline", "quick-add", "search", "sign-in", "trash"),
      ...specs("retry"),
    ];

export default defineConfig({
  testDir: "test/e2e",
  outputDir: "test-results",
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  // They wait for a second at a time, for an undo that passes or a network at rest.
  workers: 4,
  timeout: hungAfter,
  expect: { timeout: hungAfter / 10 },
  reporter: [["line"], ["../../.ci/counts.mjs"]],
  use: {
    launchOptions: await browser(),
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
  },
  projects: [
    { name: "1280", use: wide, testIgnore: [...timed, ...onlyPhone] },
    { name: "390", use: phone, testIgnore: [...timed, ...onlyWide] },
    // With the machine to themselves.
    {
      name: "time 1280",
      use: wide,
      testMatch: isLong ? timed : [],
      workers: 1,
      dependencies: ["1280", "390"],
    },
    {
      name: "time 390",
      use: phone,
      testMatch: timed,
      workers: 1,
      dependencies: ["time 1280"],
    },
  ],
  webServer: (elsewhere ? [] : (["next", "serve"] as const)).map((server) => ({
    command: `tsx test/e2e/support/server.ts ${server}`,
    url: `${originOf(server)}/api/ready`,
    // Each person has an address of their own, which they say as a proxy would.
    env: {
      PORT: ports[server],
      BETTER_AUTH_URL: originOf(server),
      TRUSTED_PROXIES: "127.0.0.1,::1",
    },
    gracefulShutdown: { signal: "SIGTERM", timeout: 15_000 },
    timeout: hungAfter,
  })),
});
