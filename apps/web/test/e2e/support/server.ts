import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { freshDatabase } from "@tend/db/testing";

/**
 * Serves the production build on a database of its own, until it is stopped: by `next`, as on
 * Vercel, or by `serve`, as `pnpm start` does.
 */
const commands: Record<string, string[]> = {
  next: [
    createRequire(import.meta.url).resolve("next/dist/bin/next"),
    "start",
    "-H",
    "127.0.0.1",
    "--keepAliveTimeout",
    "75000",
  ],
  serve: ["--import", "tsx", "runtime/serve.ts"],
};
const command = commands[process.argv[2] ?? ""];
if (!command) throw new Error(`Say which server: ${Object.keys(commands).join(" or ")}.`);

const database = await freshDatabase();
const server = spawn(process.execPath, command, {
  cwd: fileURLToPath(new URL("../../..", import.meta.url)),
  stdio: ["ignore", "ignore", "inherit"],
  env: {
    ...process.env,
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    DATABASE_URL: database.url,
    BETTER_AUTH_SECRET: randomBytes(32).toString("base64"),
  },
});
const stop = () => server.kill("SIGTERM");
process.on("SIGTERM", stop).on("SIGINT", stop);
server.once("exit", async (code) => {
  await database.stop();
  process.exit(code ?? 0);
});
