import { defineConfig } from "vitest/config";

// What has not ended after ten minutes hangs: on no machine is any test so slow.
export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    testTimeout: 600_000,
    reporters: ["default", "../../.ci/counts.mjs"],
  },
});
