import type { Device } from "./device.ts";
import type { Figure } from "./figure.ts";

const speeds = [1, 4] as const;

/** Measures with the processor as it is, and four times slower. `goals` are for the one and other. */
export async function atBothSpeeds(
  device: Device,
  what: string,
  goals: readonly [string, string?],
  measure: () => Promise<Pick<Figure, "values" | "note">>,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [nth, cpu] of speeds.entries()) {
    await device.slowDown(cpu);
    const goal = goals[nth];
    figures.push({ what, cpu, unit: "ms", ...(await measure()), ...(goal && { goal }) });
  }
  await device.slowDown(1);
  return figures;
}

/** Runs it so many times, one after the other. */
export async function repeat<T>(times: number, run: (nth: number) => Promise<T>): Promise<T[]> {
  const values: T[] = [];
  for (let nth = 0; nth < times; nth++) values.push(await run(nth));
  return values;
}
