/** `pnpm test`: its steps up to the first that fails, and how many tests they ran. */
import { spawnSync } from "node:child_process";
import { clear, summary } from "./summary.mjs";

const steps = ["lint typecheck test:unit", "test:api", "test:e2e"];

clear();
const fails = (tasks) =>
  spawnSync(`turbo run ${tasks}`, { stdio: "inherit", shell: true }).status !== 0;
if (steps.some(fails)) process.exitCode = 1;
console.log(`\n${summary()}`);
