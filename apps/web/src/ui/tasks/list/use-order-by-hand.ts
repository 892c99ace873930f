import type { Task } from "@tend/contracts";
import { type PartMissing, part } from "#ui/kit/part.ts";
import { showToast } from "#ui/kit/toaster.tsx";
import { type Loaded, useLoaded } from "#ui/kit/use-loaded.ts";
import type { SortableList } from "./order-by-hand.tsx";

type Part = typeof import("./order-by-hand.tsx");

const load = part((): Promise<Part> => import("./order-by-hand.tsx"));

interface OrderByHand {
  /** Whether the list is in that order now, and its script; undefined: it is in another one. */
  readonly byHand: Loaded<Part> | undefined;
  /** One row up or down; where it cannot be moved that is said. */
  readonly move: (task: Task, by: -1 | 1) => void;
}

/** The order by hand, whose script comes with the first wish for it. */
export function useOrderByHand(list: SortableList): OrderByHand {
  const isByHand = list.filters.sort === "position" && !list.filters.q;
  const loaded = useLoaded(isByHand, load);
  return {
    byHand: isByHand ? loaded : undefined,
    move: (task, by) =>
      void load().then(
        ({ moveBy }) => moveBy(task, by, list),
        (error: PartMissing) => void showToast(`It was not moved. ${error.message}`),
      ),
  };
}
