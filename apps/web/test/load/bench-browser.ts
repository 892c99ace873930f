/**
 * `pnpm bench:browser`: what the tasks page costs the person in front of it, by what they see and
 * what the browser measures, so that the same command measures any build.
 */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { web } from "../launch/start.ts";
import { linesOf, type Measured, type Row } from "./browser/figure.ts";
import { day } from "./browser/rows/day.ts";
import { enter } from "./browser/rows/enter.ts";
import { firstLoad } from "./browser/rows/first-load.ts";
import { focus } from "./browser/rows/focus.ts";
import { heap } from "./browser/rows/heap.ts";
import { live } from "./browser/rows/live.ts";
import { open } from "./browser/rows/open.ts";
import { records } from "./browser/rows/records.ts";
import { scroll } from "./browser/rows/scroll.ts";
import { search } from "./browser/rows/search.ts";
import { switches } from "./browser/rows/switches.ts";
import { tick } from "./browser/rows/tick.ts";
import { openScene } from "./browser/scene.ts";

const rows: Readonly<Record<string, Row>> = {
  open,
  focus,
  records,
  enter,
  search,
  tick,
  switches,
  scroll,
  heap,
  live,
  day,
  "first-load": firstLoad,
};

const { values: options } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: Object.keys(rows) },
    tasks: { type: "string" },
    rounds: { type: "string", default: "7" },
    json: { type: "string" },
  },
});

const progress = (text: string) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
};

/** The rows that are asked for, or an error that says which there are. */
const wanted = options.only.map((name): readonly [string, Row] => {
  const row = rows[name];
  if (!row) throw new Error(`There is no row ${name}. Choose of: ${Object.keys(rows).join(", ")}.`);
  return [name, row];
});
const sizes = options.tasks?.split(",").map(Number);
const isCount = (size: number) => Number.isSafeInteger(size) && size > 0;
if (sizes && !sizes.every(isCount)) throw new Error("Say --tasks as numbers: --tasks 200,10000");
if (!isCount(Number(options.rounds))) throw new Error("Say --rounds as a number: --rounds 7");
if (!existsSync(join(web, ".next/BUILD_ID"))) throw new Error("Make a build first: pnpm build");

progress("Starting the app and a browser …");
const scene = await openScene(Number(options.rounds));
const report: Record<string, unknown> = {
  node: process.version,
  browser: scene.browserVersion,
  cores: availableParallelism(),
};
const measured: Measured[] = [];

try {
  for (const [name, row] of wanted) {
    for (const tasks of sizes ?? row.sizes) {
      progress(`${name} with ${tasks.toLocaleString("en")} tasks …`);
      // A row that a build does not have any more must not cost the figures of the others.
      await row.measure(scene, tasks).then(
        (figures) => measured.push(...figures.map((figure) => ({ row: name, tasks, ...figure }))),
        (error: unknown) => {
          process.exitCode = 1;
          progress("");
          console.error(`${name} with ${tasks} tasks could not be measured:`, error);
        },
      );
      await scene.endDevices();
    }
  }
} finally {
  await scene.end();
}

progress("");
console.log(`Chromium ${scene.browserVersion}; Node ${process.version}; ${report.cores} cores`);
console.table(linesOf(measured));
if (options.json) {
  await writeFile(options.json, `${JSON.stringify({ ...report, measured }, undefined, 2)}\n`);
}
