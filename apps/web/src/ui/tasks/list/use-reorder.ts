import type { Task } from "@tend/contracts";
import { type PartMissing, part } from "#ui/kit/part.ts";
import { showToast } from "#ui/kit/show-toast.tsx";
import { type Loaded, useLoaded } from "#ui/kit/use-loaded.ts";
import type { SortableList } from "./reorder.tsx";

type Part = typeof import("./reorder.tsx");

const load = part((): Promise<Part> => import("./reorder.tsx"));

export interface Reorder {
  /** The script of the order by hand; undefined where the list is in another order. */
  readonly byHand: Loaded<Part> | undefined;
  /** Moves a task one row up or down, or says why it cannot be moved. */
  readonly move: (task: Task, by: -1 | 1) => void;
}

/** The order by hand, whose script is loaded on first use. */
export function useReorder(list: SortableList): Reorder {
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
