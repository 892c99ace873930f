/** A random number from 0 up to, but not including, 1. */
export type Chance = () => number;

/**
 * T-18: the position of a task that is made or put on top now: before all earlier ones. Twelve
 * digits of time, up to far beyond the year 9999, seven random ones, and one that is not 0. In a
 * file of its own, since every page with tasks loads it.
 */
export const positionAt = (milliseconds: number, chance: Chance = Math.random): string =>
  `${(2 ** 48 - 1 - milliseconds).toString(16)}${Math.floor((1 + 15 * chance()) * 16 ** 6).toString(16)}1`;
