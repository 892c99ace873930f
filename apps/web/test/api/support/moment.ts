import { expect } from "vitest";

const minute = 60_000;

/** Expects a moment between `start` and now, so long after it, by the clock of the database. */
export function expectMoment(given: string | Date | null, start: number, later = 0): void {
  const moment = new Date(given ?? Number.NaN).getTime() - later;
  expect(moment).toBeGreaterThan(start - minute);
  expect(moment).toBeLessThan(Date.now() + minute);
}
