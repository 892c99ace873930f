import type { Task } from "@tend/contracts";
import { useMemo } from "react";
import { v7 as uuidv7 } from "uuid";
import { dismissToast, showToast } from "#ui/kit/show-toast.tsx";
import type { TaskFields } from "#ui/tasks/model/task-fields.ts";
import { countOfTasks } from "#ui/tasks/model/task-list.ts";
import { changedFields, editOf, notYet } from "./mutation.ts";
import type { Outbox } from "./outbox.ts";
import { upgradeTask } from "./stored-task.ts";
import { UndoStack, undoTimeMs } from "./undo-stack.ts";

export interface TaskActions {
  readonly add: (task: TaskFields & { readonly title: string }) => Task;
  readonly tick: (task: Task, completed: boolean) => void;
  readonly edit: (task: Task, fields: TaskFields) => void;
  /** Changes fields without a message: the caller shows one, and offers to undo. */
  readonly set: (task: Task, fields: TaskFields) => void;
  readonly remove: (tasks: readonly Task[]) => void;
  /** Restores a task from the trash. */
  readonly restore: (task: Task) => void;
  /** Shows a message with an Undo button that calls `run`. */
  readonly offerUndo: (message: string, run: () => void) => void;
  readonly undoLast: () => void;
}

/** The time from the end of the message to the DELETE: an unsent delete needs no restore. */
const sendDelayMs = 500;

/** All actions of a person on tasks, with their undo. */
export function useTaskActions(
  userId: string,
  outbox: Outbox,
  announce: (words: string) => void,
): TaskActions {
  return useMemo(() => {
    const undos = new UndoStack();

    const forget = (id: string) => setTimeout(() => undos.remove(id), undoTimeMs);
    const canUndo = (run: () => void): void => {
      const id = uuidv7();
      undos.push({ id, run });
      forget(id);
    };
    // The undo lasts as long as its message, whose timer pauses under a pointer or the focus.
    const offerUndo = (message: string, run: () => void): void => {
      const id = uuidv7();
      undos.push({ id, run });
      const action = { label: "Undo", onClick: () => undos.undo(id) };
      const end = () => undos.remove(id);
      const options = { id, duration: undoTimeMs, action, onAutoClose: end, onDismiss: end };
      void showToast(message, options).then((isShown) => isShown || forget(id));
    };
    const set = (task: Task, fields: TaskFields): void =>
      outbox.add({ id: outbox.newId(), ...editOf(task, fields) });

    return {
      offerUndo,
      set,
      add({ title, ...fields }) {
        announce(`Added: ${title}`);
        const task = upgradeTask({
          id: uuidv7(),
          owner_user_id: userId,
          title,
          created_at: notYet,
          updated_at: notYet,
          ...fields,
        });
        outbox.add({ kind: "create", id: outbox.newId(), task });
        return task;
      },
      tick(task, completed) {
        set(task, { completed });
        const undo = () => set(task, { completed: !completed });
        if (completed) return offerUndo(`Completed: ${task.title}`, undo);
        canUndo(undo);
        announce(`Reopened: ${task.title}`);
      },
      edit(task, fields) {
        if (Object.keys(fields).length === 0) return;
        const after = { ...task, ...fields };
        set(task, fields);
        offerUndo(`Changed: ${after.title}`, () => set(after, changedFields(after, task)));
      },
      remove(tasks) {
        const send_at = Date.now() + undoTimeMs + sendDelayMs;
        const deletes = tasks.map(
          (task) => ({ kind: "delete", id: outbox.newId(), task, send_at }) as const,
        );
        outbox.add(...deletes);
        const [first, ...others] = tasks;
        if (first === undefined) return;
        const what = others.length === 0 ? `: ${first.title}` : ` ${countOfTasks(tasks.length)}`;
        offerUndo(`Deleted${what}`, () => outbox.undoDeletes(deletes));
      },
      restore(task) {
        outbox.add({ kind: "restore", id: outbox.newId(), task: { ...task, deleted_at: null } });
        announce(`Restoring: ${task.title}`);
      },
      undoLast() {
        const undone = undos.undo();
        if (!undone) return announce("Nothing to undo");
        announce("Undone");
        void dismissToast(undone.id);
      },
    };
  }, [userId, outbox, announce]);
}
