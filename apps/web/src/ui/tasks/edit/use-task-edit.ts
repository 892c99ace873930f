import type { Task } from "@tend/contracts";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import {
  type EditFaults,
  editFromTask,
  faultsOfEdit,
  fieldsFromEdit,
  formFields,
  type TaskEdit,
} from "#ui/tasks/model/task-edit.ts";
import type { TaskFields } from "#ui/tasks/model/task-fields.ts";
import type { Drafts } from "#ui/tasks/sync/drafts.ts";
import { changedFields } from "#ui/tasks/sync/mutation.ts";

interface TaskEditState {
  readonly form: RefObject<HTMLFormElement | null>;
  readonly edit: TaskEdit;
  readonly faults: EditFaults;
  /** Takes the typed text, and stores it as a draft until the form is saved. */
  readonly change: (part: Partial<TaskEdit>) => void;
  /** Saves the difference from the task; or focuses a field that is wrong, with its error. */
  readonly save: () => void;
}

/** The state of the form of a task: its texts, and its errors. */
export function useTaskEdit(
  task: Task,
  drafts: Drafts,
  onSave: (task: Task, fields: TaskFields) => void,
): TaskEditState {
  const form = useRef<HTMLFormElement>(null);
  const [edit, setEdit] = useState<TaskEdit>(() => drafts.readEdit(task.id) ?? editFromTask(task));
  const [faults, setFaults] = useState<EditFaults>({});

  const change = (part: Partial<TaskEdit>) => {
    const next = { ...edit, ...part };
    setEdit(next);
    setFaults({});
    const isChanged = Object.keys(changedFields(task, fieldsFromEdit(next))).length > 0;
    if (isChanged) drafts.writeEdit(task, next);
    else drafts.removeEdit(task.id);
  };

  const save = useCallback(() => {
    const found = faultsOfEdit(
      edit,
      task,
      (name) => form.current?.querySelector(`[name=${name}]:invalid`) != null,
    );
    const wrong = formFields.find((name) => found[name]);
    setFaults(found);
    if (wrong === undefined) onSave(task, changedFields(task, fieldsFromEdit(edit)));
    else form.current?.querySelector<HTMLElement>(`[name=${wrong}]`)?.focus();
  }, [edit, task, onSave]);

  return { form, edit, faults, change, save };
}

/** Saves with a click beside the form, unless a dialog holds it. */
export function useSaveOnClickBeside(
  form: RefObject<HTMLFormElement | null>,
  save: () => void,
  isInDialog: boolean,
): void {
  useEffect(() => {
    if (isInDialog) return;
    // A click saves, not the loss of focus: saving must not move things between press and release.
    // The capture phase comes before the clicked control opens another form in place of this one.
    const onClick = ({ target }: MouseEvent) => {
      if (!(target instanceof Element) || form.current?.contains(target)) return;
      if (!target.closest("[data-sonner-toaster]")) save();
    };
    document.addEventListener("click", onClick, true);
    return () => document.removeEventListener("click", onClick, true);
  }, [form, save, isInDialog]);
}

/** Saves with Enter in the title, which has one line. */
export function useSaveOnLineBreak(
  form: RefObject<HTMLFormElement | null>,
  save: () => void,
): void {
  useEffect(() => {
    const title = form.current?.elements.namedItem("title");
    if (!(title instanceof HTMLTextAreaElement)) return;
    // Enter is taken as a line break, not as a key: phones name no key while they compose.
    const onBeforeInput = (event: InputEvent) => {
      if (!/^insert(?:LineBreak|Paragraph)$/.test(event.inputType)) return;
      event.preventDefault();
      if (!event.isComposing) save();
    };
    title.addEventListener("beforeinput", onBeforeInput);
    return () => title.removeEventListener("beforeinput", onBeforeInput);
  }, [form, save]);
}
