import { defineConfig } from "vitest/config";
import { hungAfter } from "./test/hung.ts";

const timeouts = { testTimeout: hungAfter, hookTimeout: hungAfter };

export default defineConfig({
  test: {
    reporters: ["default", "../../.ci/counts.mjs"],
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.{ts,tsx}"],
          expect: { poll: { timeout: hungAfter } },
          ...timeouts,
        },
      },
      {
        test: {
          name: "api",
          include: ["test/api/**/*.test.ts"],
          globalSetup: "test/api/support/database.ts",
          setupFiles: "test/api/support/owner-watch.ts",
          ...timeouts,
          // One engine serves all files: more workers than this only wait for it.
          maxWorkers: 2,
        },
      },
      // By run.ts alone, which makes what they look at, and with those of the API.
      { test: { name: "vercel", include: ["test/vercel/**/*.test.ts"], maxWorkers: 2 } },
      {
        test: {
          name: "launch",
          include: ["test/launch/**/*.test.ts"],
          ...timeouts,
          // What these tests start mostly waits for something.
          maxWorkers: 2,
        },
      },
    ],
  },
});
