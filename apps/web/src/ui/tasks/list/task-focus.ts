export const checkboxId = (taskId: string): string => `task-${taskId}`;

const aRow = "[data-task]";

/** The rows that are drawn, of the list or of the trash; of a long one also its first and last. */
export const rowsShown = (): readonly HTMLElement[] => [
  ...document.querySelectorAll<HTMLElement>(aRow),
];

/** The row that an element is in, or takes the place of. */
export const rowOf = (element: Element | null): HTMLElement | null =>
  element?.closest<HTMLElement>(aRow) ?? null;

/** Focuses an element. False: it is gone, hidden or behind a dialog. */
export function focusOn(element: HTMLElement | null | undefined): boolean {
  if (!element?.isConnected) return false;
  element.focus();
  return document.activeElement === element;
}

/** Focuses the first control of a row: a checkbox; in the trash, a button. */
export const focusRow = (row: Element | null | undefined): boolean =>
  focusOn(row?.querySelector<HTMLElement>("input, textarea, button"));

let drawRow: (taskId: string) => void = () => {};

/** Says how the row of a task is drawn where a long list has left it out. Returns how to end it. */
export function drawRowsBy(draw: (taskId: string) => void): () => void {
  drawRow = draw;
  return () => {
    if (drawRow === draw) drawRow = () => {};
  };
}

/** The row of a task, which is drawn for it where it is out of sight. */
export function findRow(taskId: string): HTMLElement | undefined {
  const find = () => rowsShown().find(({ dataset }) => dataset.task === taskId);
  const row = find();
  if (row) return row;
  drawRow(taskId);
  return find();
}

/** Focuses the checkbox of a task. False: the list does not have it. */
export const focusTask = (taskId: string | undefined): boolean =>
  taskId !== undefined &&
  findRow(taskId) !== undefined &&
  focusOn(document.getElementById(checkboxId(taskId)));

/** Focuses the page where there is no row. Not the field for a new task: no key undoes there. */
export const focusContent = (): boolean => focusOn(document.getElementById("content"));

/** Focuses the first or the last row. */
export const focusRowAt = (end: "first" | "last"): boolean =>
  focusRow(rowsShown().at(end === "first" ? 0 : -1));

/** Focuses the first row, or the part of the page around it. */
export const focusList = (): boolean => focusRowAt("first") || focusContent();

/** Moves the focus from its row to the next or previous; from elsewhere, down to the first. */
export function focusRowBeside(direction: "down" | "up"): boolean {
  const row = rowOf(document.activeElement);
  if (!row) return direction === "down" && focusRowAt("first");
  const beside = direction === "down" ? row.nextElementSibling : row.previousElementSibling;
  return beside?.matches(aRow) === true && focusRow(beside);
}

/** The row that gets the focus of a removed one: the next, else the previous. */
export function neighbourOf(
  shown: readonly { readonly id: string }[],
  taskId: string,
): string | undefined {
  const index = shown.findIndex(({ id }) => id === taskId);
  return shown[index + 1]?.id ?? shown[index - 1]?.id;
}

/** Whether keys in this element type text. */
export const isTyping = (element: EventTarget | null): boolean =>
  element instanceof HTMLElement &&
  (element.isContentEditable ||
    element.matches("textarea, select, input:not([type=checkbox], [type=radio])"));
