import { defineConfig } from "vitest/config";

// Much longer than any test takes where nothing else runs.
export default defineConfig({ test: { include: ["src/**/*.test.ts"], testTimeout: 30_000 } });
