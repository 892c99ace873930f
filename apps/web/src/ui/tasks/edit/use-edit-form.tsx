import type { Task } from "@tend/contracts";
import type { ReactNode } from "react";
import { NotLoaded } from "#ui/kit/not-loaded.tsx";
import { part } from "#ui/kit/part.ts";
import { useLoaded } from "#ui/kit/use-loaded.ts";
import { useTouched } from "#ui/kit/use-touched.ts";
import { QuietLine } from "#ui/tasks/list/empty-state.tsx";
import type { TaskFields } from "#ui/tasks/model/task-fields.ts";
import type { Drafts } from "#ui/tasks/sync/drafts.ts";
import type { TaskActions } from "#ui/tasks/sync/use-task-actions.ts";
import { type Editing, useEditing } from "./use-editing.ts";

/** Loads the form, with the first key or touch, before it is needed. */
const loadTaskForm = part(() => import("./task-form.tsx"));

interface EditForm {
  readonly editing: Editing | null;
  readonly open: (task: Task) => void;
  readonly cancel: () => void;
  /** The form, in place of a row or in the sheet; null where nothing is edited. */
  readonly form: ReactNode;
}

/** The form of the task that is edited, and the handling of its changes. */
export function useEditForm(
  drafts: Drafts,
  actions: Pick<TaskActions, "edit" | "offerUndo">,
): EditForm {
  const { editing, open, close } = useEditing(drafts);
  const isTouched = useTouched();
  const loaded = useLoaded(editing ?? isTouched, loadTaskForm);
  const save = (task: Task, fields: TaskFields) => {
    actions.edit(task, fields);
    drafts.removeEdit(task.id);
    close();
  };
  const cancel = () => {
    if (!editing) return;
    const { task } = editing;
    const discarded = drafts.readEdit(task.id);
    drafts.removeEdit(task.id);
    close();
    if (!discarded) return;
    actions.offerUndo(`Edit discarded: ${task.title}`, () => {
      drafts.writeEdit(task, discarded);
      open(task);
    });
  };
  const form =
    editing && loaded.is === "loaded" ? (
      <loaded.part.TaskForm
        key={editing.task.id}
        task={editing.task}
        drafts={drafts}
        sheet={editing.sheet}
        onSave={save}
        onCancel={cancel}
      />
    ) : (
      editing &&
      (loaded.is === "failed" ? (
        <NotLoaded what="The form" onCancel={cancel} />
      ) : (
        <QuietLine busy>Opening the task</QuietLine>
      ))
    );
  return { editing, open, cancel, form };
}
