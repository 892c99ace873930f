export const checkboxId = (taskId: string): string => `task-${taskId}`;

const aRow = "[data-task]";

/** The rows on the screen, of the list or of the trash. */
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

/** Focuses the checkbox of a task. False: the row is not on the screen. */
export const focusTask = (taskId: string | undefined): boolean =>
  taskId !== undefined && focusOn(document.getElementById(checkboxId(taskId)));

/** Focuses the page where there is no row. Not the field for a new task: no key undoes there. */
export const focusContent = (): boolean => focusOn(document.getElementById("content"));

/** Focuses the first row, or the part of the page around it. */
export const focusList = (): boolean => focusRow(document.querySelector(aRow)) || focusContent();

/** Moves the focus from its row to the next or previous; from elsewhere, down to the first. */
export function focusRowBeside(direction: "down" | "up"): boolean {
  const row = rowOf(document.activeElement);
  if (!row) return direction === "down" && focusRow(document.querySelector(aRow));
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
