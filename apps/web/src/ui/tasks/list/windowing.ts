import { type Range, useWindowVirtualizer } from "@tanstack/react-virtual";
import type { Task } from "@tend/contracts";
import { type RefObject, useCallback, useLayoutEffect, useMemo, useState } from "react";

/** A row that is drawn, and the height of those before it that are not. */
export interface DrawnRow {
  readonly index: number;
  readonly gap: number;
}

interface WindowingProps {
  readonly list: RefObject<HTMLUListElement | null>;
  readonly tasks: readonly Task[];
  /** The ids of rows that are drawn with their neighbours, wherever they are. */
  readonly held: readonly string[];
  readonly onDrawn: (rows: readonly DrawnRow[]) => void;
}

/** Rows drawn beyond each edge of the window. */
const overscan = 12;
/**
 * The heights that were measured, by task, and their mean in the first list: a list to which one
 * comes back is as high as it was, so that its rows lie where they lay.
 */
const heights = new Map<string, number>();
let meanHeight: number | undefined;
/** The height of a row in pixels, where none was measured. */
const usualHeight = 49;

/** Says which rows of a long list are to be drawn, and follows their heights. Draws nothing. */
export function Windowing({ list, tasks, held, onDrawn }: WindowingProps): null {
  const [estimate] = useState(() => estimateIn(list.current));
  const [top, setTop] = useState(() => topOf(list.current));
  const keyOf = useCallback((index: number) => tasks[index]?.id ?? index, [tasks]);
  const pinned = useMemo(() => indexesOf(tasks, held), [tasks, held]);
  const drawnIndexes = useCallback(
    ({ startIndex, endIndex, count }: Range) =>
      indexesAround(startIndex - overscan, endIndex + overscan, count, pinned),
    [pinned],
  );
  const virtualizer = useWindowVirtualizer<HTMLLIElement>({
    count: tasks.length,
    getItemKey: keyOf,
    estimateSize: (index) => heights.get(tasks[index]?.id ?? "") ?? estimate,
    scrollMargin: top,
    overscan,
    initialRect: { width: innerWidth, height: innerHeight },
    // The rows in sight stay where they are when others come above them, but at the very top.
    anchorTo: scrollY > top ? "end" : "start",
    rangeExtractor: drawnIndexes,
    measureElement: (row, entry) => {
      const height = entry?.borderBoxSize[0]?.blockSize ?? heightOf(row);
      heights.set(row.dataset.task ?? "", height);
      return height;
    },
  });
  const items = virtualizer.getVirtualItems();

  useLayoutEffect(() => {
    setTop(topOf(list.current));
    for (const row of rowsOf(list.current)) virtualizer.measureElement(row);
    virtualizer.measureElement(null);
  });
  useLayoutEffect(() => {
    onDrawn(
      // A gap is a margin: the rows before it are in the flow of the page, as in a short list.
      items.map(({ index, start }, nth) => ({ index, gap: start - (items[nth - 1]?.end ?? top) })),
    );
  }, [items, top, onDrawn]);
  return null;
}

const rowsOf = (list: HTMLElement | null): readonly HTMLLIElement[] => [
  ...(list?.querySelectorAll<HTMLLIElement>(":scope > [data-index]") ?? []),
];

/** The distance of the list from the top of the page. */
const topOf = (list: HTMLElement | null): number =>
  list ? Math.round(list.getBoundingClientRect().top + scrollY) : 0;

const heightOf = (row: HTMLElement): number => row.getBoundingClientRect().height;

function estimateIn(list: HTMLElement | null): number {
  const rows = rowsOf(list);
  if (rows.length > 0) {
    meanHeight ??= rows.reduce((sum, row) => sum + heightOf(row), 0) / rows.length;
  }
  return meanHeight ?? usualHeight;
}

/** The indexes of these tasks and their neighbours. */
const indexesOf = (tasks: readonly Task[], ids: readonly string[]): readonly number[] =>
  ids.flatMap((id) => {
    const index = tasks.findIndex((task) => task.id === id);
    return index < 0 ? [] : [index - 1, index, index + 1];
  });

/** A range and some indexes beside it, with the first and the last row, in their order. */
function indexesAround(
  from: number,
  to: number,
  count: number,
  pinned: readonly number[],
): number[] {
  const indexes = new Set([0, count - 1, ...pinned]);
  for (let index = from; index <= to; index++) indexes.add(index);
  return [...indexes].filter((index) => index >= 0 && index < count).sort((a, b) => a - b);
}
