import fc from "fast-check";
import { expect, test } from "vitest";
import { putInOrder, takeInOrder } from "./in-order.ts";

const step = fc.record({
  id: fc.stringMatching(/^[a-c]{1,2}$/),
  value: fc.nat(),
  isPut: fc.boolean(),
});

test("an array in order holds what a map would, sorted by id", () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const items: { id: string; value: number }[] = [];
      const map = new Map<string, number>();
      for (const { id, value, isPut } of steps) {
        if (isPut) putInOrder(items, { id, value });
        else takeInOrder(items, id);
        if (isPut) map.set(id, value);
        else map.delete(id);
      }
      const expected = [...map].sort(([a], [b]) => (a < b ? -1 : 1));
      expect(items.map(({ id, value }) => [id, value])).toEqual(expected);
    }),
  );
});
