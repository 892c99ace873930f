import { createServer } from "node:net";
import { defineConfig } from "@playwright/test";
import { browser } from "./test/e2e/browser.ts";

/** A free port, found once: worker processes read this file again and must get the same. */
async function port(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(typeof address === "object" && address?.port);
}

process.env.TEND_E2E_PORT ??= await port();
const origin = `http://localhost:${process.env.TEND_E2E_PORT}`;

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
    baseURL: origin,
    launchOptions: await browser(),
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    trace: "retain-on-failure",
  },
  projects: [
    { name: "1280", use: { viewport: { width: 1280, height: 800 } } },
    { name: "390", use: { viewport: { width: 390, height: 844 }, hasTouch: true } },
  ],
  webServer: {
    command: "tsx test/e2e/server.ts",
    url: `${origin}/api/ready`,
    env: { PORT: process.env.TEND_E2E_PORT, BETTER_AUTH_URL: origin },
    gracefulShutdown: { signal: "SIGTERM", timeout: 15_000 },
    timeout: 120_000,
  },
});
