import { type Chance, positionAt } from "./fractional-index-at.ts";
import { limits } from "./limits.ts";

const base = 36;
/** What an end of the list is counted in: 36 to the 10th is as many as a number holds exactly. */
const step = 10;
const mostChance = 6;

/**
 * So that of two who move into the same gap at once no two get the same: digits of chance, the last of
 * them not 0; as many as there is room for.
 */
function withChance(digits: string, chance: Chance): string {
  const count = Math.min(mostChance, limits.position - digits.length);
  const random = Array.from({ length: count }, (_, at) =>
    at < count - 1 ? Math.floor(chance() * base) : 1 + Math.floor(chance() * (base - 1)),
  );
  const all = digits + random.map((digit) => digit.toString(base)).join("");
  return all.replace(/0+$/, "");
}

/** So many steps before or behind; null: that is beyond 0 or 1. */
function beside(position: string, steps: number): string | null {
  const number = Number.parseInt(position.slice(0, step).padEnd(step, "0"), base) + steps;
  return number > 0 && number < base ** step ? number.toString(base).padStart(step, "0") : null;
}

/**
 * T-18: a position between two neighbours, read as fractions in base 36; null: there is none, it is
 * the top or the end. With no room left, after a thousand moves into one gap, that of a neighbour.
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
    // Equal, by who made them: just behind both.
    return withChance(before, chance);
  }
  const low = before ?? beside(after ?? "", -2) ?? "";
  const high = after ?? beside(low, 2);
  const digits: number[] = [];
  /** What lies between them, in units of the last digit so far; without an upper bound, up to 1. */
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
