/** From 0 up to, but not including, 1. */
export type Chance = () => number;

/**
 * T-18: of what is made or put on top at this moment: before all that was made earlier. Twelve digits
 * of time, far beyond the year 9999, seven of chance, and one that is not 0. Apart from the rest of
 * positions, since every page with tasks carries it.
 */
export const positionAt = (milliseconds: number, chance: Chance = Math.random): string =>
  `${(2 ** 48 - 1 - milliseconds).toString(16)}${Math.floor((1 + 15 * chance()) * 16 ** 6).toString(16)}1`;
