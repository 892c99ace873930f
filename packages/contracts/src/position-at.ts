/** Apart from the rest of positions, since every page with tasks carries it. */

/** From 0 up to, but not including, 1. */
export type Chance = () => number;

/** Digits of chance, the last of them not 0. */
export function byChance(count: number, radix: number, chance: Chance): string {
  let digits = (1 + Math.floor(chance() * (radix - 1))).toString(radix);
  while (digits.length < count) digits = Math.floor(chance() * radix).toString(radix) + digits;
  return digits;
}

/** T-18: of what is made or put on top at this moment: before all that was made earlier. */
export const positionAt = (milliseconds: number, chance: Chance = Math.random): string =>
  (2 ** 48 - 1 - milliseconds).toString(16).padStart(12, "0") + byChance(8, 16, chance);
