import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { web } from "../launch/start.ts";

const program = fileURLToPath(new URL("function.mjs", import.meta.url));
const run = promisify(execFile);

const first = [
  { what: "health", entry: "api/health/route", path: "/api/health", status: 200 },
  { what: "tasks, no token", entry: "api/tasks/route", path: "/api/tasks", status: 401 },
  { what: "tasks", entry: "api/tasks/route", path: "/api/tasks?limit=20", status: 200 },
  { what: "sign-in page", entry: "sign-in/page", path: "/sign-in", status: 200 },
] as const;

/**
 * Milliseconds from the start of a process to the end of its first answer, for one function of each
 * kind: all in turn, so that what slows the machine slows each.
 */
export async function measureColdStart(
  environment: NodeJS.ProcessEnv,
  token: string,
  rounds: number,
  progress: (text: string) => void,
) {
  const measured = first.map(() => ({ ms: [] as number[], mb: [] as number[] }));
  for (let round = 1; round <= rounds; round++) {
    for (const [at, { what, entry, path, status }] of first.entries()) {
      progress(`Cold start, ${what}, round ${round} of ${rounds} …`);
      const given = what === "tasks" ? token : "";
      const { stdout } = await run(process.execPath, [program, web, entry, path, given], {
        env: { ...environment, NODE_ENV: "production" },
      });
      const answer = JSON.parse(stdout.slice(stdout.lastIndexOf("{")));
      if (answer.status !== status) throw new Error(`${what} was answered ${answer.status}`);
      measured[at]?.ms.push(answer.ms);
      measured[at]?.mb.push(answer.memory / 2 ** 20);
    }
  }
  return first.map(({ what }, at) => {
    const ms = (measured[at]?.ms ?? []).toSorted((a, b) => a - b);
    const mb = (measured[at]?.mb ?? []).toSorted((a, b) => a - b);
    const middle = (values: readonly number[]) => Math.round(values[values.length >> 1] ?? 0);
    return {
      what,
      min_ms: Math.round(ms[0] ?? 0),
      median_ms: middle(ms),
      max_ms: Math.round(ms.at(-1) ?? 0),
      memory_mb: middle(mb),
    };
  });
}
