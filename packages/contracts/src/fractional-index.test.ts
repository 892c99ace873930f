import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { positionBetween } from "./fractional-index.ts";
import { positionAt } from "./fractional-index-at.ts";
import { limits } from "./limits.ts";
import { Position } from "./task.ts";

const now = Date.UTC(2026, 10, 24);

/** A position, often of the digits at which a carry happens. */
const position = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(..."00019azzz"), maxLength: 20 }),
    fc.constantFrom(..."1iyz"),
  )
  .map(([digits, last]) => digits + last);
const chance = fc.constantFrom(
  () => 0,
  () => 0.5,
  () => 1 - Number.EPSILON,
  Math.random,
);

const isLegal = (text: string) => Position.safeParse(text).success;

describe("a new task [T-18]", () => {
  test("stands before every earlier one, whatever chance says", () => {
    const instant = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
    fc.assert(
      fc.property(instant, instant, chance, chance, (one, other, first, second) => {
        const [earlier, later] = [Math.min(one, other), Math.max(one, other)];
        const [a, b] = [positionAt(earlier, first), positionAt(later, second)];
        expect([a.length, b.length]).toEqual([20, 20]);
        expect([isLegal(a), isLegal(b)]).toEqual([true, true]);
        if (earlier < later) expect(b < a).toBe(true);
      }),
    );
  });

  test("shares its place with no other of the same moment", () => {
    expect(new Set(Array.from({ length: 1000 }, () => positionAt(now))).size).toBe(1000);
  });
});

describe("between two neighbours [T-18]", () => {
  test("lies strictly between them and can be stored", () => {
    fc.assert(
      fc.property(position, position, chance, (one, other, chance) => {
        fc.pre(one !== other);
        const [before, after] = one < other ? [one, other] : [other, one];
        const between = positionBetween(before, after, { now, chance });
        expect(isLegal(between)).toBe(true);
        expect([before < between, between < after]).toEqual([true, true]);
      }),
      { numRuns: 2000 },
    );
  });

  test("at the end lies behind the last, at the top before the first", () => {
    fc.assert(
      fc.property(position, chance, (only, chance) => {
        const [top, end] = [
          positionBetween(null, only, { now, chance }),
          positionBetween(only, null, { now, chance }),
        ];
        expect([isLegal(top), isLegal(end)]).toEqual([true, true]);
        expect([top < only, only < end]).toEqual([true, true]);
      }),
      { numRuns: 2000 },
    );
  });

  test("where both are equal lies just behind them", () => {
    fc.assert(
      fc.property(position, chance, (both, chance) => {
        const behind = positionBetween(both, both, { now, chance });
        expect([isLegal(behind), both < behind]).toEqual([true, true]);
        expect(behind.startsWith(both)).toBe(true);
      }),
    );
  });

  test("is another place for each of a thousand who move there at once", () => {
    const [before, after] = [positionAt(now), positionAt(now - 1)];
    const places = Array.from({ length: 1000 }, () => positionBetween(before, after));
    expect(new Set(places).size).toBe(1000);
  });

  test("takes as few digits as tell it apart, and those of chance", () => {
    const chance = () => 0;
    expect(positionBetween("1", "9", { chance })).toBe("5000001");
    expect(positionBetween("1", "2", { chance })).toBe("1i000001");
    expect(positionBetween("az", "b1", { chance })).toBe("b0000001");
    expect(positionBetween("1", "1001", { chance })).toBe("1000i000001");
  });
});

describe("the top [T-18]", () => {
  test("is where a task of this moment stands: later ones come above it", () => {
    const moved = positionBetween(null, positionAt(now - 1000), { now });
    expect(positionAt(now + 1) < moved).toBe(true);
  });

  test("above a task of a clock that is ahead is a moment ahead of that, not for ever", () => {
    const ahead = positionAt(now + 3_600_000);
    const moved = positionBetween(null, ahead, { now });
    expect(moved < ahead).toBe(true);
    expect(positionAt(now + 3_602_000) < moved).toBe(true);
  });

  test("of an empty list is where a new task stands", () => {
    const chance = () => 0.5;
    expect(positionBetween(null, null, { now, chance })).toBe(positionAt(now, chance));
  });
});

describe("many moves [T-18]", () => {
  test("anywhere keep the order, each place its own", () => {
    const move = fc.tuple(fc.nat(49), fc.nat(49));
    fc.assert(
      fc.property(fc.array(move, { minLength: 1000, maxLength: 3000 }), (moves) => {
        const list = Array.from({ length: 50 }, (_, index) => positionAt(now - index));
        for (const [from, to] of moves) {
          list.splice(from, 1);
          list.splice(to, 0, positionBetween(list[to - 1] ?? null, list[to] ?? null, { now }));
        }
        expect(list).toEqual([...new Set(list)].sort());
        expect(list.every(isLegal)).toBe(true);
      }),
      { numRuns: 5 },
    );
  });

  test("to either end take no more digits, however many", () => {
    let [top, end] = [positionAt(now + 3_600_000), positionAt(now)];
    for (let turn = 0; turn < 5000; turn++) {
      [top, end] = [positionBetween(null, top, { now }), positionBetween(end, null, { now })];
    }
    expect(Math.max(top.length, end.length)).toBeLessThan(20);
  });

  test.each(["before", "behind"])(
    "of which each goes directly %s the last one find more than a thousand places",
    (side) => {
      let [before, after] = [positionAt(now), positionAt(now - 1)];
      let moves = 0;
      for (; moves < 2000; moves++) {
        const place = positionBetween(before, after, { now });
        expect(isLegal(place)).toBe(true);
        // No room is left: it shares the place of a neighbour.
        if (place === before) break;
        expect(before < place && place < after).toBe(true);
        if (side === "before") after = place;
        else before = place;
      }
      expect(moves).toBeGreaterThan(1000);
    },
  );

  test.each([
    ["before the very first", null, `${"0".repeat(limits.position - 1)}1`],
    ["behind the very last", "z".repeat(limits.position), null],
    ["beside the longest of all", "z".repeat(limits.position), "z".repeat(limits.position)],
  ])("give a legal place also %s, where there is no room", (_, before, after) => {
    expect(isLegal(positionBetween(before, after, { now: -(2 ** 48) }))).toBe(true);
  });
});
