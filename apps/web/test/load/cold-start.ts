import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildByVercel, deployment } from "../vercel/build.ts";
import { startFunction } from "../vercel/host.ts";
import { type BuiltFunction, readOutput } from "../vercel/output.ts";

/** The first request of a new process; `at` is the path of its function. */
const first = [
  { what: "health", at: "/api/health", path: "/api/health", status: 200 },
  { what: "tasks, no token", at: "/api/tasks", path: "/api/tasks", status: 401 },
  { what: "tasks", at: "/api/tasks", path: "/api/tasks?limit=20", status: 200 },
  { what: "sign-in page", at: "/sign-in", path: "/sign-in", status: 200 },
  { what: "policy of a page", at: "/_middleware", path: "/sign-in", status: 200 },
] as const;

/**
 * Milliseconds from the start of a process to the end of its first answer, for the functions that
 * Vercel's builder makes: all in turn, so that what slows the machine slows each.
 */
export async function measureColdStart(
  environment: { readonly DATABASE_URL: string } & Readonly<Record<string, string>>,
  token: string,
  rounds: number,
  progress: (text: string) => void,
) {
  const measured = first.map(() => ({ ms: [] as number[], mb: [] as number[] }));
  const folder = await mkdtemp(join(tmpdir(), "tend-cold-"));
  try {
    progress("Vercel's own build …");
    const direct = { DATABASE_URL_UNPOOLED: environment.DATABASE_URL };
    const { outputs } = readOutput(await buildByVercel(folder, { ...environment, ...direct }));
    for (let round = 1; round <= rounds; round++) {
      for (const [nth, { what, at, path, status }] of first.entries()) {
        progress(`Cold start, ${what}, round ${round} of ${rounds} …`);
        const output = outputs.get(at);
        if (output?.kind !== "function") throw new Error(`The build has no function at ${at}.`);
        const headers = {
          "x-matched-path": at,
          ...(what === "tasks" && { authorization: `Bearer ${token}` }),
        };
        const env = { ...deployment, ...environment };
        const answer = await answerOnce(output.built, env, path, headers);
        if (answer.status !== status) throw new Error(`${what} was answered ${answer.status}`);
        measured[nth]?.ms.push(answer.ms);
        measured[nth]?.mb.push(answer.mb);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return first.map(({ what }, nth) => {
    const ms = (measured[nth]?.ms ?? []).toSorted((a, b) => a - b);
    const mb = (measured[nth]?.mb ?? []).toSorted((a, b) => a - b);
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

/** Starts a function, asks it once, and ends it. */
async function answerOnce(
  built: BuiltFunction,
  env: Readonly<Record<string, string>>,
  path: string,
  headers: Readonly<Record<string, string>>,
) {
  const start = performance.now();
  const { pid, port, stop } = await startFunction(built, env);
  try {
    const asked = get({ host: "127.0.0.1", port, path, headers });
    const [response]: IncomingMessage[] = await once(asked, "response");
    if (!response) throw new Error("The function gave no answer.");
    await once(response.resume(), "end");
    const ms = performance.now() - start;
    const resident = execFileSync("ps", ["-o", "rss=", "-p", `${pid}`], { encoding: "utf8" });
    return { status: response.statusCode, ms, mb: Number(resident) / 1_024 };
  } finally {
    await stop();
  }
}
