import type { Task } from "@tend/contracts";
import { Ellipsis, NotebookText } from "lucide";
import { type ComponentType, memo } from "react";
import { Button } from "#ui/kit/button.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { attributesAt, type RowPlace } from "./drawn-rows.tsx";
import { RowFailure } from "./row-failure.tsx";
import { checkboxId } from "./task-focus.ts";
import { TaskRowMeta } from "./task-row-meta.tsx";

export interface RowActions {
  readonly tick: (task: Task, completed: boolean) => void;
  readonly edit: (task: Task) => void;
  readonly openMenu: (task: Task, button: HTMLButtonElement) => void;
  readonly retry: (task: Task) => void;
  /** Shows both versions of a task that was changed elsewhere too. */
  readonly review: (task: Task) => void;
}

interface TaskRowProps extends RowPlace {
  readonly task: Task;
  /** The day on the device. Null until the page is hydrated, when no control may look usable. */
  readonly today: string | null;
  /** Whether its day, or its time, has passed and it is not completed. */
  readonly overdue: boolean;
  readonly pending: boolean;
  /** The reason why the task is not saved, in words. */
  readonly failure: string | undefined;
  readonly conflicting: boolean;
  readonly leaving: boolean;
  readonly handle: ComponentType<{ id: string }> | null | undefined;
  readonly actions: RowActions;
}

/** One task. It renders again only when something of it changes, so that long lists stay quick. */
export const TaskRow = memo(function TaskRow(props: TaskRowProps) {
  const { task, today, overdue, pending, failure, conflicting, leaving, actions } = props;
  const { handle: Handle } = props;
  const titleId = `title-${task.id}`;
  const failureId = `failure-${task.id}`;
  return (
    <li
      {...attributesAt(props)}
      data-task={task.id}
      data-leaving={leaving || undefined}
      data-pending={pending || undefined}
      className="group relative break-inside-avoid border-divider border-b transition-[opacity,translate] duration-collapse data-leaving:translate-x-2 data-leaving:opacity-0"
    >
      <div className="flex items-start rounded-control transition-colors hover:bg-hover">
        <label
          className={`grid size-12 shrink-0 place-items-center noscript:invisible pointer-coarse:h-14 ${today === null ? "pointer-events-none" : ""}`}
        >
          <input
            id={checkboxId(task.id)}
            type="checkbox"
            autoComplete="off"
            ref={(checkbox) => {
              // A key may have changed the box before the script was loaded.
              if (checkbox) checkbox.checked = task.completed;
            }}
            checked={task.completed}
            aria-labelledby={titleId}
            aria-describedby={conflicting || failure ? failureId : undefined}
            className="size-5 cursor-pointer"
            onChange={(event) => actions.tick(task, event.target.checked)}
          />
        </label>
        <div className="flex min-w-0 grow flex-wrap items-start gap-x-3 sm:flex-nowrap">
          <button
            type="button"
            className="min-w-0 grow basis-full rounded-control py-[13px] text-left sm:basis-0 pointer-coarse:py-[17px]"
            onClick={() => actions.edit(task)}
          >
            <span className="sr-only">Edit </span>
            <span
              id={titleId}
              dir="auto"
              translate="no"
              className={`whitespace-pre-wrap break-words line-through transition-[color,text-decoration-color] duration-check group-data-pending:delay-500 ${
                task.completed
                  ? "text-muted"
                  : "decoration-transparent group-data-pending:text-muted forced-colors:no-underline"
              }`}
            >
              {task.title}
            </span>
            {task.description && (
              <Icon
                of={NotebookText}
                role="img"
                aria-label=", has notes"
                size={14}
                className="ml-2 inline-block align-[-2px] text-muted"
              />
            )}
          </button>
          <TaskRowMeta task={task} today={today} overdue={overdue} />
        </div>
        {Handle !== undefined && (
          <div className="w-8 shrink-0 print:hidden pointer-coarse:w-11">
            {Handle && <Handle id={task.id} />}
          </div>
        )}
        <div className="grid h-12 shrink-0 place-items-center pr-1 print:hidden noscript:invisible pointer-coarse:h-14">
          <Button
            variant="quiet"
            size="icon"
            aria-label={`Actions for ${task.title}`}
            aria-haspopup="menu"
            disabled={today === null}
            onClick={(event) => actions.openMenu(task, event.currentTarget)}
          >
            <Icon of={Ellipsis} size={18} />
          </Button>
        </div>
      </div>
      {(conflicting || failure) && (
        <div className="pl-12">
          {conflicting ? (
            <RowFailure id={failureId} remedy="Review" onRemedy={() => actions.review(task)}>
              Not saved. This task was changed elsewhere too.
            </RowFailure>
          ) : (
            <RowFailure id={failureId} remedy="Retry" onRemedy={() => actions.retry(task)}>
              {`Not saved. ${failure}`}
            </RowFailure>
          )}
        </div>
      )}
    </li>
  );
});
