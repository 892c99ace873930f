import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import {
  draggable,
  dropTargetForElements,
  monitorForElements,
} from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { autoScrollWindowForElements } from "@atlaskit/pragmatic-drag-and-drop-auto-scroll/element";
import type { Task } from "@tend/contracts";
import { positionBetween } from "@tend/contracts/fractional-index";
import { GripVertical } from "lucide";
import { useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Icon } from "#ui/kit/icon.tsx";
import { showToast } from "#ui/kit/show-toast.tsx";
import type { Filters } from "#ui/tasks/model/filters.ts";
import type { TaskActions } from "#ui/tasks/sync/use-task-actions.ts";
import { findRow, focusOn, rowOf } from "./task-focus.ts";

export interface SortableList extends Pick<TaskActions, "set" | "offerUndo"> {
  /** The tasks of the list, in their order. */
  readonly shown: readonly Task[];
  readonly filters: Filters;
  readonly announce: (words: string) => void;
}

/** Moves a task one row up or down if the list is sorted by hand; else says what prevents it. */
export function moveBy(task: Task, by: -1 | 1, board: SortableList): void {
  const { shown, filters } = board;
  if (filters.q) sayWhyNot("Clear the search to move tasks");
  else if (filters.sort !== "position") sayWhyNot("Sort by hand to move tasks");
  else moveTo(task, shown.findIndex(({ id }) => id === task.id) + by, board);
}

/** Shows a reason as one message, however often the key is pressed. */
const sayWhyNot = (words: string): void => void showToast(words, { id: "not moved" });

/** Moves a task to this place in the list, counted without the task itself. */
function moveTo(task: Task, to: number, { shown, set, offerUndo, announce }: SortableList): void {
  const others = shown.filter(({ id }) => id !== task.id);
  if (to < 0 || to > others.length) {
    sayWhyNot(to < 0 ? "It is the first already" : "It is the last already");
    return;
  }
  const position = positionBetween(others[to - 1]?.position ?? null, others[to]?.position ?? null);
  const moved = { ...task, position };
  const put = (from: Task, { position }: Task) =>
    keepingFocus(task.id, () => set(from, { position }));
  put(task, moved);
  announce(`Moved: ${task.title}, ${to + 1} of ${shown.length}`);
  offerUndo(`Moved: ${task.title}`, () => put(moved, task));
}

/** Runs a move, keeps the focus, which the browser takes from a moved row, and shows the row. */
function keepingFocus(taskId: string, move: () => void): void {
  const { activeElement } = document;
  flushSync(move);
  if (activeElement instanceof HTMLElement) focusOn(activeElement);
  findRow(taskId)?.scrollIntoView({ block: "nearest" });
}

/** Handles the drop of a row, and scrolls while one is dragged near an edge of the window. */
export function Dragging(board: SortableList) {
  const latest = useRef(board);
  useEffect(() => {
    latest.current = board;
  });
  useEffect(
    () =>
      combine(
        autoScrollWindowForElements(),
        monitorForElements({
          onDrop({ source, location }) {
            const { shown } = latest.current;
            const [target] = location.current.dropTargets;
            const from = shown.findIndex(({ id }) => id === source.data.id);
            const others = shown.toSpliced(from, 1);
            const at = others.findIndex(({ id }) => id === target?.data.id);
            const to = target?.data.edge === "bottom" ? at + 1 : at;
            const task = shown[from];
            if (task && at >= 0 && to !== from) moveTo(task, to, latest.current);
          },
        }),
      ),
    [],
  );
  return null;
}

const edges = { top: "top-0", bottom: "bottom-0" } as const;
type Edge = keyof typeof edges;

/** The handle to drag a row by. Only for pointers: keys and the row's menu do the same. */
export function Handle({ id }: { id: string }) {
  const ref = useRef<HTMLSpanElement>(null);
  const [isDragged, setDragged] = useState(false);
  const [line, setLine] = useState<Edge>();
  useEffect(() => {
    const element = ref.current;
    const row = rowOf(element);
    if (!element || !row) return;
    return combine(
      draggable({
        element,
        getInitialData: () => ({ id }),
        onGenerateDragPreview({ nativeSetDragImage, location }) {
          const { left, top } = row.getBoundingClientRect();
          const { clientX, clientY } = location.current.input;
          nativeSetDragImage?.(row, clientX - left, clientY - top);
        },
        onDragStart: () => setDragged(true),
        onDrop: () => setDragged(false),
      }),
      dropTargetForElements({
        element: row,
        getData: ({ input }) => ({ id, edge: edgeAt(row, input.clientY) }),
        // A pointer beside the list counts as over the row that it was over last.
        getIsSticky: () => true,
        onDrag: ({ source, location }) =>
          setLine(source.data.id === id ? undefined : edgeAt(row, location.current.input.clientY)),
        onDragLeave: () => setLine(undefined),
        onDrop: () => setLine(undefined),
      }),
    );
  }, [id]);
  return (
    <>
      <span
        ref={ref}
        aria-hidden
        title="Drag to move"
        className="grid h-12 cursor-grab place-items-center text-muted opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:h-14 pointer-coarse:opacity-100"
      >
        <Icon of={GripVertical} size={18} />
      </span>
      {isDragged && (
        <span aria-hidden className="pointer-events-none absolute inset-0 bg-bg opacity-60" />
      )}
      {line && (
        <span
          aria-hidden
          className={`pointer-events-none absolute inset-x-0 h-0.5 bg-accent ${edges[line]}`}
        />
      )}
    </>
  );
}

function edgeAt(row: HTMLElement, y: number): Edge {
  const { top, height } = row.getBoundingClientRect();
  return y < top + height / 2 ? "top" : "bottom";
}
