import type { Task } from "@tend/contracts";
import type { ComponentType, ReactNode } from "react";
import { isDue } from "#ui/tasks/model/due.ts";
import type { OutboxState } from "#ui/tasks/sync/outbox-state.ts";
import { localDay } from "#ui/time/day-label.ts";
import { attributesAt, DrawnRows } from "./drawn-rows.tsx";
import { type RowActions, TaskRow } from "./task-row.tsx";

interface TaskRowsProps {
  readonly tasks: readonly Task[];
  /** Which list it is, with its filters. */
  readonly scope: string;
  /** The device's time. Null until the page is hydrated. */
  readonly now: Date | null;
  readonly unsent: OutboxState;
  /** Tasks that stay for a short time, and whether each is fading. */
  readonly delayed: ReadonlyMap<string, boolean>;
  /** The task whose form stands in place of its row, if any. */
  readonly editing: Task | null;
  readonly form: ReactNode;
  /** The drag handle in the order by hand; null until its script is loaded. */
  readonly handle: ComponentType<{ id: string }> | null | undefined;
  readonly actions: RowActions;
}

/** The list of tasks, with the form of the task that is edited. */
export function TaskRows(props: TaskRowsProps) {
  const { tasks, scope, now, unsent, delayed, editing, form, handle, actions } = props;
  const today = now && localDay(now);
  // The form stays whatever happens to its task, and with it the typed text.
  const isMissing = editing && !tasks.some(({ id }) => id === editing.id);
  return (
    <DrawnRows
      label="Tasks"
      tasks={isMissing ? [editing, ...tasks] : tasks}
      scope={scope}
      kept={editing?.id}
    >
      {(task, place) =>
        task.id === editing?.id ? (
          <li key={task.id} {...attributesAt(place)} data-task={task.id} className="py-3">
            <div className="rounded-control border border-divider bg-surface p-4">{form}</div>
          </li>
        ) : (
          <TaskRow
            key={task.id}
            {...place}
            task={task}
            today={today}
            overdue={now !== null && !task.completed && isDue(task, "overdue", now)}
            pending={unsent.byTask.has(task.id)}
            failure={
              unsent.byTask.has(task.id)
                ? (unsent.refused.get(task.id) ?? unsent.trouble?.reason)
                : undefined
            }
            conflicting={unsent.conflicts.has(task.id)}
            leaving={delayed.get(task.id) ?? false}
            handle={handle}
            actions={actions}
          />
        )
      }
    </DrawnRows>
  );
}
