import type { Task } from "@tend/contracts";
import { type ReactNode, useRef, useState } from "react";
import { NotLoaded } from "#ui/kit/not-loaded.tsx";
import { part } from "#ui/kit/part.ts";
import { useLoaded } from "#ui/kit/use-loaded.ts";
import { useHeldRows } from "./use-held-rows.ts";
import { usePrinting } from "./use-printing.ts";
import type { DrawnRow } from "./windowing.ts";

/** The number of rows beyond which only those in sight are drawn. */
const longFrom = 200;
/** The rows drawn until it is known which are in sight: as many as the server draws. */
const firstRows = 100;
/** The height of a row in pixels, where none is measured. */
const usualHeight = 49;

/** Whether a list is so long that only the rows in sight are drawn. */
export const isLongList = (tasks: readonly unknown[]): boolean => tasks.length > longFrom;

const beginning: readonly DrawnRow[] = Array.from({ length: firstRows }, (_, index) => ({
  index,
  gap: 0,
}));

const loadWindowing = part(() => import("./windowing.ts"));

/** Where a row stands in a long list. Empty: all rows of the list are drawn. */
export interface RowPlace {
  readonly index?: number;
  /** The number of rows in the list. */
  readonly of?: number;
  /** The height of the rows before it that are not drawn. */
  readonly gap?: number;
}

/** The attributes of a row at this place: a screen reader counts the rows that are not drawn too. */
export const attributesAt = ({ index, of, gap }: RowPlace) =>
  index === undefined
    ? {}
    : {
        "data-index": index,
        "aria-posinset": index + 1,
        "aria-setsize": of,
        ...(gap && { style: { marginTop: gap } }),
      };

interface DrawnRowsProps {
  readonly label: string;
  readonly tasks: readonly Task[];
  /** Which list it is, with its filters: another one begins anew. */
  readonly scope: string;
  /** The task whose row stays drawn wherever one scrolls. */
  readonly kept?: string | undefined;
  readonly children: (task: Task, place: RowPlace) => ReactNode;
}

/** A list of rows; of a long one only those in sight are drawn, once that script is loaded. */
export function DrawnRows({ label, tasks, scope, kept, children }: DrawnRowsProps) {
  const list = useRef<HTMLUListElement>(null);
  const windowing = useLoaded(isLongList(tasks), loadWindowing);
  const isPrinting = usePrinting();
  const [drawn, setDrawn] = useState<readonly DrawnRow[]>();
  const { held, holdTarget } = useHeldRows(kept);
  const isWhole = !isLongList(tasks) || isPrinting;
  const isKnown = isWhole || drawn !== undefined || windowing.is === "failed";
  const of = tasks.length;
  return (
    <>
      <ul
        ref={list}
        aria-label={label}
        // The scrollbar is that of the whole list from the beginning.
        style={{ paddingBottom: isKnown ? undefined : (of - firstRows) * usualHeight }}
        className={isWhole ? undefined : "[overflow-anchor:none]"}
        onFocus={holdTarget}
        onDragStart={holdTarget}
      >
        {isWhole
          ? tasks.map((task) => children(task, {}))
          : (drawn ?? beginning).map(({ index, gap }) => {
              const task = tasks[index];
              return task && children(task, { index, of, gap });
            })}
      </ul>
      {!isWhole && windowing.is === "failed" && <NotLoaded what="The rest of the list" />}
      {!isWhole && windowing.is === "loaded" && (
        <windowing.part.Windowing
          key={scope}
          list={list}
          tasks={tasks}
          held={held}
          onDrawn={setDrawn}
        />
      )}
    </>
  );
}
