import { numberOf } from "./pieces.ts";
import { follower, type Line, wordAt } from "./words.ts";

export type Unit = "minute" | "hour" | "day" | "week" | "fortnight" | "month" | "year";

const units: ReadonlyMap<string, Unit> = new Map<string, Unit>(
  (
    [
      ["minute", "min mins minute minutes"],
      ["hour", "h hr hrs hour hours"],
      ["day", "day days"],
      ["week", "wk wks week weeks"],
      ["fortnight", "fortnight fortnights"],
      ["month", "month months"],
      ["year", "year years yr yrs"],
    ] as const
  ).flatMap(([unit, names]) => names.split(" ").map((name) => [name, unit] as const)),
);

export const unitOf = (folded: string): Unit | undefined => units.get(folded);

/** A number of units of time: "3 days", "a week", "2h", "half an hour". */
export type Amount = { readonly count: number; readonly unit: Unit; readonly length: number };

/** Reads an amount at a word. `isBehindHours`: "m" means minutes, as in "1h 30m", not metres. */
export const readAmount = (line: Line, from: number, isBehindHours = false): Amount | undefined => {
  const typed = wordAt(line, from).folded;
  const folded = isBehindHours ? typed.replace(/(?<=\d)m$/, "min") : typed;
  const attached = /^(\d{1,3})(min|mins|h|hr|hrs|d|w)$/.exec(folded);
  if (attached) {
    const [, digits = "", name = ""] = attached;
    const unit = unitOf(name) ?? (name === "d" ? "day" : "week");
    return { count: Number(digits), unit, length: 1 };
  }
  const halfHour = folded === "half" && /^an?$/.test(follower(line, from));
  if (halfHour && follower(line, from + 1) === "hour") {
    return { count: 30, unit: "minute", length: 3 };
  }
  const decimal = /^(\d{1,2})\.5$/.exec(folded)?.[1];
  if (decimal !== undefined && unitOf(follower(line, from)) === "hour") {
    return { count: Number(decimal) * 60 + 30, unit: "minute", length: 2 };
  }
  const count = numberOf(folded) ?? (/^an?$/.test(folded) ? 1 : 0);
  const unit = count > 0 ? unitOf(follower(line, from).replace(/'s?$/, "")) : undefined;
  return unit && { count, unit, length: 2 };
};
