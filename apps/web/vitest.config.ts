import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      // Much longer than any test takes where nothing else runs.
      { test: { name: "unit", include: ["src/**/*.test.{ts,tsx}"], testTimeout: 30_000 } },
      {
        test: {
          name: "api",
          include: ["test/api/**/*.test.ts"],
          globalSetup: "test/api/database.ts",
          setupFiles: "test/api/owner-watch.ts",
          testTimeout: 30_000,
          // One engine serves all files: more workers than this only wait for it.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "launch",
          include: ["test/launch/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
