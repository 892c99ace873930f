export const checkboxId = (taskId: string): string => `task-${taskId}`;

/** False: the row is not on the screen. */
export function focusTask(taskId: string | undefined): boolean {
  const checkbox = taskId && document.getElementById(checkboxId(taskId));
  if (!checkbox) return false;
  checkbox.focus();
  return true;
}

/** The row that takes over when this one goes: the next, else the one before. */
export function neighbourOf(
  shown: readonly { readonly id: string }[],
  taskId: string,
): string | undefined {
  const index = shown.findIndex(({ id }) => id === taskId);
  return shown[index + 1]?.id ?? shown[index - 1]?.id;
}

/** Whether keys belong to the text in this element, and to nothing else. */
export const isTyping = (element: EventTarget | null): boolean =>
  element instanceof HTMLElement &&
  (element.isContentEditable ||
    element.matches("textarea, select, input:not([type=checkbox], [type=radio])"));
