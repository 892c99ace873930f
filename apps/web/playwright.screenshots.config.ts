import { defineConfig } from "@playwright/test";
import tests from "./playwright.config.ts";

/** `pnpm screenshots`: the tests' servers and screens, and a picture of every view. */
export default defineConfig({
  ...tests,
  testDir: "test/screenshots",
  projects: ["1280", "390"].flatMap((name) => {
    const project = tests.projects?.find((one) => one.name === name);
    const use = { ...project?.use, deviceScaleFactor: 2 };
    return (["light", "dark"] as const).map((colorScheme) => ({
      name: `${name}-${colorScheme}`,
      use: { ...use, colorScheme },
    }));
  }),
});
