import type { Scene } from "./scene.ts";

/** One row of the table, which may give several figures. */
export interface Row {
  /** The numbers of tasks it is measured with, unless others are asked for. */
  readonly sizes: readonly number[];
  measure(scene: Scene, tasks: number): Promise<readonly Figure[]>;
}

export interface Figure {
  readonly what: string;
  /** How many times slower than it is the processor was made. */
  readonly cpu: 1 | 4;
  readonly unit: "ms" | "kB" | "MB" | "%" | "nodes" | "records" | "requests";
  /** The values of each run. Empty where there was nothing to measure, which `note` explains. */
  readonly values: readonly number[];
  readonly goal?: string;
  readonly note?: string;
}

export interface Measured extends Figure {
  readonly row: string;
  readonly tasks: number;
}

/** Figures as the lines of a table. */
export const linesOf = (measured: readonly Measured[]) =>
  measured.map(({ what, tasks, cpu, unit, values, goal = "", note = "" }) => ({
    what,
    tasks,
    cpu: `×${cpu}`,
    best: rounded(least(values, 0)),
    median: rounded(least(values, 0.5)),
    p95: values.length < 20 ? "" : rounded(least(values, 0.95)),
    unit,
    goal,
    note,
  }));

/** The value that this share of all is less than. */
function least(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil((sorted.length - 1) * share)];
}

/** Two digits behind the point of what is small, none of what is large. */
function rounded(value: number | undefined): number | string {
  if (value === undefined) return "–";
  return Number(value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0));
}
