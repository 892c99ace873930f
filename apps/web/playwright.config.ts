import { createServer } from "node:net";
import { defineConfig } from "@playwright/test";
import { browser } from "./test/e2e/browser.ts";

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

/** The two doors of the production build; each screen comes through one of them. */
const doors = { next: process.env.TEND_E2E_NEXT, serve: process.env.TEND_E2E_SERVE };
const originOf = (door: keyof typeof doors) => `http://localhost:${doors[door]}`;

const wide = { baseURL: originOf("next"), viewport: { width: 1280, height: 800 } };
const phone = { baseURL: originOf("serve"), viewport: { width: 390, height: 844 }, hasTouch: true };
const timed = ["first-view.spec.ts", "speed.spec.ts"];

export default defineConfig({
  testDir: "test/e2e",
  outputDir: "test-results",
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  // Two browsers, the app and the database share two cores.
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: "line",
  use: {
    launchOptions: await browser(),
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    trace: "retain-on-failure",
  },
  projects: [
    { name: "1280", use: wide, testIgnore: timed },
    { name: "390", use: phone, testIgnore: timed },
    // With the machine to themselves; traces would take longer than what they show.
    {
      name: "time 1280",
      use: { ...wide, trace: "off" },
      testMatch: timed,
      dependencies: ["1280", "390"],
    },
    {
      name: "time 390",
      use: { ...phone, trace: "off" },
      testMatch: timed,
      dependencies: ["time 1280"],
    },
  ],
  webServer: (["next", "serve"] as const).map((door) => ({
    command: `tsx test/e2e/server.ts ${door}`,
    url: `${originOf(door)}/api/ready`,
    env: { PORT: doors[door], BETTER_AUTH_URL: originOf(door) },
    gracefulShutdown: { signal: "SIGTERM", timeout: 15_000 },
    timeout: 120_000,
  })),
});
