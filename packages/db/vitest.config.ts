import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    globalSetup: "src/test-server.ts",
    // What has not ended after ten minutes hangs: on no machine is any test so slow.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    reporters: ["default", "../../.ci/counts.mjs"],
    maxWorkers: 2,
  },
});
