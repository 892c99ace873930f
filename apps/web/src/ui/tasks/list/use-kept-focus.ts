import { useEffect } from "react";
import { focusContent, focusOn, focusRow, rowOf, rowsShown } from "./task-focus.ts";

interface Place {
  readonly element: HTMLElement;
  /** The row of the element: its task, and its index in the list. */
  readonly row: { readonly id: string | undefined; readonly index: number } | null;
}

const remembered = 8;

function placeOf(element: HTMLElement): Place {
  const row = rowOf(element);
  return { element, row: row && { id: row.dataset.task, index: indexIn(rowsShown(), row) } };
}

/** The index of a row in its list, of which a long one says it: not all of its rows are drawn. */
const indexIn = (rows: readonly HTMLElement[], row: HTMLElement): number =>
  Number(row.dataset.index ?? rows.indexOf(row));

/** The row of the same task, else the row at its former index, or before that. */
function rowInstead({ id, index }: NonNullable<Place["row"]>): HTMLElement | undefined {
  const rows = rowsShown();
  return (
    rows.find((row) => row.dataset.task === id) ??
    rows.findLast((row) => indexIn(rows, row) <= index)
  );
}

const isLost = () => document.activeElement === null || document.activeElement === document.body;

/**
 * Restores the focus whenever its element is removed: to the task in the same place, else to where
 * it was before, else to `[data-landing]`, else to the content.
 */
export function useKeptFocus(): void {
  useEffect(() => {
    let places: readonly Place[] = [];

    const remember = ({ target }: FocusEvent) => {
      if (target instanceof HTMLElement) places = [...places, placeOf(target)].slice(-remembered);
    };
    const restore = () => {
      const last = places.at(-1);
      if (!last) return;
      if (last.element.isConnected) {
        // The element is still there, so a click beside lost nothing; its row may have moved.
        places = [...places.slice(0, -1), placeOf(last.element)];
        return;
      }
      if (!isLost()) return;
      const isBack = places
        .toReversed()
        .some(({ element, row }) => focusOn(element) || (row && focusRow(rowInstead(row))));
      if (isBack) return;
      if (!focusOn(document.querySelector<HTMLElement>("[data-landing]"))) focusContent();
    };

    const observer = new MutationObserver(restore);
    observer.observe(document.body, { childList: true, subtree: true });
    document.addEventListener("focusin", remember);
    // A dialog gives the focus back by itself, unless the element that had it is gone.
    document.addEventListener("close", restore, true);
    return () => {
      observer.disconnect();
      document.removeEventListener("focusin", remember);
      document.removeEventListener("close", restore, true);
    };
  }, []);
}
