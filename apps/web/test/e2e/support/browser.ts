import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium, type LaunchOptions } from "@playwright/test";

const require = createRequire(import.meta.url);

/** Chromium's own sandbox cannot start as root, as in most containers. */
const rootArgs = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

/** Arguments against fetching in the background: tests speak to this machine only. */
const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

/**
 * The Chromium that the tests drive, in this order: PLAYWRIGHT_CHROMIUM_PATH, the system's,
 * Playwright's own, the one that comes from npm (Linux x64), else Playwright's, downloaded now.
 */
export async function browser(): Promise<LaunchOptions> {
  const args = [...rootArgs, ...quiet];
  const given = process.env.PLAYWRIGHT_CHROMIUM_PATH;
  if (given) return { executablePath: given, args };
  if (existsSync("/usr/bin/chromium")) return { executablePath: "/usr/bin/chromium", args };
  if (existsSync(chromium.executablePath())) return { args };
  if (process.platform === "linux" && process.arch === "x64") {
    const { default: packed } = await import("@sparticuz/chromium");
    // The package's own arguments are not used: they put everything into one process, which dies
    // with the first page that closes, and switch the web's security off.
    return { executablePath: await packed.executablePath(), args };
  }
  console.log("No Chromium is installed; Playwright downloads its own …");
  const cli = require.resolve("@playwright/test/cli");
  const { status } = spawnSync(process.execPath, [cli, "install", "chromium"], {
    stdio: "inherit",
  });
  if (status !== 0) {
    throw new Error(
      "No Chromium could be had. Install Chrome or Chromium and set PLAYWRIGHT_CHROMIUM_PATH to it.",
    );
  }
  return { args };
}
