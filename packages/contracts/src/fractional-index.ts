import { type Chance, positionAt } from "./fractional-index-at.ts";
import { limits } from "./limits.ts";

const base = 36;
/** Digits that are counted in at an end of the list: 36 to the 10th is exact in a number. */
const step = 10;
const mostChance = 6;

/**
 * Appends random digits, the last of them not 0, as many as there is room for, so that two tasks
 * that are moved into one gap at once get different positions.
 */
function withChance(digits: string, chance: Chance): string {
  const count = Math.min(mostChance, limits.position - digits.length);
  const random = Array.from({ length: count }, (_, at) =>
    at < count - 1 ? Math.floor(chance() * base) : 1 + Math.floor(chance() * (base - 1)),
  );
  const all = digits + random.map((digit) => digit.toString(base)).join("");
  return all.replace(/0+$/, "");
}

/** A position so many steps away; null where that is beyond 0 or 1. */
function beside(position: string, steps: number): string | null {
  const number = Number.parseInt(position.slice(0, step).padEnd(step, "0"), base) + steps;
  return number > 0 && number < base ** step ? number.toString(base).padStart(step, "0") : null;
}

/**
 * T-18: a position between two neighbours, read as fractions in base 36; null: no neighbour, at the
 * top or the end. With no room left, after a thousand moves into one gap, a neighbour's position.
 */
export function positionBetween(
  before: string | null,
  after: string | null,
  { now = Date.now(), chance = Math.random }: { now?: number; chance?: Chance } = {},
): string {
  if (before === null) {
    const top = positionAt(now, chance);
    if (after === null || top < after) return top;
  } else if (after !== null && before >= after) {
    // Two tasks may be made with one position: the new one is just behind both.
    return withChance(before, chance);
  }
  const low = before ?? beside(after ?? "", -2) ?? "";
  const high = after ?? beside(low, 2);
  const digits: number[] = [];
  /** The distance of `low` and `high`, in units of the last digit; without `high`, up to 1. */
  let gap = high === null ? 1 : 0;
  while (gap < 2) {
    if (digits.length === limits.position) return before ?? after ?? low;
    const at = digits.length;
    const digit = Number.parseInt(low[at] ?? "0", base);
    gap = gap * base + Number.parseInt(high?.[at] ?? "0", base) - digit;
    digits.push(digit);
  }
  let carry = Math.floor(gap / 2);
  for (let at = digits.length - 1; carry > 0; at--) {
    const sum = (digits[at] ?? 0) + carry;
    digits[at] = sum % base;
    carry = Math.floor(sum / base);
  }
  return withChance(digits.map((digit) => digit.toString(base)).join(""), chance);
}
