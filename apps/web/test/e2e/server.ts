import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { freshDatabase } from "@tend/db/testing";

/** The production build on a database of its own, until it is told to stop. */
const database = await freshDatabase();
const next = spawn(
  process.execPath,
  [
    createRequire(import.meta.url).resolve("next/dist/bin/next"),
    "start",
    "-p",
    process.env.PORT ?? "",
  ],
  {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      DATABASE_URL: database.url,
      BETTER_AUTH_SECRET: randomBytes(32).toString("base64"),
    },
  },
);
const stop = () => next.kill("SIGTERM");
process.on("SIGTERM", stop).on("SIGINT", stop);
next.once("exit", async (code) => {
  await database.stop();
  process.exit(code ?? 0);
});
