/** Adds up what the runs since the last `clear` wrote down, and says it. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const top = fileURLToPath(new URL("..", import.meta.url));
const folders = () =>
  ["apps", "packages"]
    .flatMap((room) => readdirSync(`${top}/${room}`).map((name) => `${top}/${room}/${name}/.tests`))
    .filter((folder) => existsSync(folder));

/** Forgets earlier runs. */
export function clear() {
  for (const folder of folders()) rmSync(folder, { recursive: true });
}

/** The number of skipped tests by reason; and on the last line the number of tests by outcome. */
export function summary() {
  const runs = folders().flatMap((folder) =>
    readdirSync(folder).map((file) => JSON.parse(readFileSync(`${folder}/${file}`, "utf8"))),
  );
  const sum = (of) => runs.reduce((total, run) => total + of(run), 0);
  const reasons = new Map();
  for (const reason of runs.flatMap(({ skipped }) => skipped)) {
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return [
    ...[...reasons].map(([reason, count]) => `skipped ${count}: ${reason}`),
    `${sum((run) => run.passed)} passed, ${sum((run) => run.failed)} failed, ${sum((run) => run.skipped.length)} skipped`,
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(summary());
