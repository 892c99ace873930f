import type { Task } from "@tend/contracts";
import type { Client } from "@tend/contracts/client";
import { limits } from "@tend/contracts/limits";
import { useState } from "react";
import { reasonFor } from "#ui/api/failure.ts";
import { Button } from "#ui/kit/button.tsx";
import { Words } from "#ui/kit/words.tsx";
import { attributesAt, DrawnRows, type RowPlace } from "#ui/tasks/list/drawn-rows.tsx";
import { NoMatches, QuietLine } from "#ui/tasks/list/empty-state.tsx";
import { RowFailure } from "#ui/tasks/list/row-failure.tsx";
import { type Filters, filtersHref } from "#ui/tasks/model/filters.ts";
import type { OutboxState } from "#ui/tasks/sync/outbox-state.ts";
import type { SyncState } from "#ui/tasks/sync/task-sync.ts";
import { deletedLabel } from "#ui/time/day-label.ts";
import { DeleteForGood } from "./delete-for-good.tsx";
import { deleteTaskForGood } from "./delete-task-for-good.ts";

interface TrashListProps {
  /** The whole trash, as far as it was read. */
  readonly tasks: readonly Task[];
  readonly sync: SyncState;
  readonly api: Client;
  readonly today: string | null;
  readonly unsent: OutboxState;
  readonly filters: Filters;
  /** The tasks that the filters find. */
  readonly found: readonly Task[];
  readonly onClearFilters: () => void;
  readonly onRestore: (task: Task) => void;
  readonly onRetry: (task: Task) => void;
  /** Asks the server what the trash holds. */
  readonly onRead: () => void;
  readonly onGone: (task: Task) => void;
}

/** The deleted tasks that can be restored. A task stays until the server has confirmed. */
export function TrashList(props: TrashListProps) {
  const { today, unsent, filters, found: tasks, onRestore, onRetry } = props;
  const [deleting, setDeleting] = useState<Task | null>(null);
  const isRestoring = ({ id }: Task) =>
    unsent.byTask.get(id)?.some(({ kind }) => kind === "restore") ?? false;

  return (
    <section data-landing aria-label="Trash" tabIndex={-1} className="outline-none">
      {tasks.length === 0 ? (
        props.tasks.length > 0 ? (
          <NoMatches filters={filters} onClear={props.onClearFilters} />
        ) : (
          <NothingThere {...props} />
        )
      ) : (
        <>
          <p className="px-3 py-2 text-meta text-muted">
            Tasks stay here for {limits.trashDays} days. Then they are deleted for good.
          </p>
          <DrawnRows label="Deleted tasks" tasks={tasks} scope={filtersHref(filters)}>
            {(task, place) => {
              const pending = isRestoring(task);
              return (
                <TrashRow
                  key={task.id}
                  place={place}
                  task={task}
                  today={today}
                  pending={pending}
                  failure={
                    pending ? (unsent.refused.get(task.id) ?? unsent.trouble?.reason) : undefined
                  }
                  onRestore={() => onRestore(task)}
                  onRetry={() => onRetry(task)}
                  onDelete={() => setDeleting(task)}
                />
              );
            }}
          </DrawnRows>
        </>
      )}
      <DeleteForGood
        task={deleting}
        onDelete={(task) => deleteTaskForGood(task, props)}
        onClose={() => setDeleting(null)}
      />
    </section>
  );
}

function NothingThere({ sync: { isComplete, failure }, onRead }: TrashListProps) {
  if (isComplete) {
    return (
      <QuietLine>
        {`The trash is empty. Tasks that you delete stay here for ${limits.trashDays} days.`}
      </QuietLine>
    );
  }
  if (!failure) return <QuietLine busy>Reading the trash</QuietLine>;
  return (
    <div className="py-12 text-center">
      <p role="status" className="text-muted">
        <Words>{`The trash cannot be shown right now. ${reasonFor(failure)}`}</Words>
      </p>
      <Button className="mt-4" onClick={onRead}>
        Retry
      </Button>
    </div>
  );
}

interface TrashRowProps {
  readonly place: RowPlace;
  readonly task: Task;
  readonly today: string | null;
  readonly pending: boolean;
  /** The reason why the task is not restored, in words. */
  readonly failure: string | undefined;
  readonly onRestore: () => void;
  readonly onRetry: () => void;
  readonly onDelete: () => void;
}

function TrashRow(props: TrashRowProps) {
  const { place, task, today, pending, failure, onRestore, onRetry, onDelete } = props;
  const failureId = `failure-${task.id}`;
  return (
    <li
      {...attributesAt(place)}
      data-task={task.id}
      data-pending={pending || undefined}
      className="group border-divider border-b"
    >
      <div className="flex flex-wrap items-start rounded-control px-3 transition-colors hover:bg-hover sm:flex-nowrap sm:gap-x-3">
        <p
          dir="auto"
          translate="no"
          className={`min-w-0 grow basis-full whitespace-pre-wrap break-words py-[13px] transition-colors group-data-pending:text-muted group-data-pending:delay-500 sm:basis-0 pointer-coarse:py-[17px] ${
            task.completed ? "text-muted line-through" : ""
          }`}
        >
          {task.title}
          {task.completed && <span className="sr-only">, completed</span>}
        </p>
        {task.deleted_at && today && (
          <p className="mr-auto py-[7px] text-meta text-muted max-sm:-mt-2 sm:py-[15px] pointer-coarse:py-[13px] pointer-coarse:sm:py-[19px]">
            <time dateTime={task.deleted_at}>{deletedLabel(task.deleted_at, today)}</time>
          </p>
        )}
        <div className="-mr-2 flex gap-1 max-sm:-mt-2 max-sm:pb-2 sm:py-2 pointer-coarse:sm:py-1.5">
          <Button
            size="small"
            aria-disabled={pending}
            aria-describedby={failure ? failureId : undefined}
            onClick={() => pending || onRestore()}
          >
            <span>{pending ? "Restoring" : "Restore"}</span>
            <span translate="no" className="sr-only">{` ${task.title}`}</span>
          </Button>
          <Button
            variant="quiet"
            size="small"
            aria-disabled={pending}
            onClick={() => pending || onDelete()}
          >
            Delete for good
            <span translate="no" className="sr-only">{` ${task.title}`}</span>
          </Button>
        </div>
      </div>
      {failure && (
        <div className="px-3">
          <RowFailure id={failureId} remedy="Retry" onRemedy={onRetry}>
            {`Not restored. ${failure}`}
          </RowFailure>
        </div>
      )}
    </li>
  );
}
