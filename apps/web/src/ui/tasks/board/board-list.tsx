import { NotLoaded } from "#ui/kit/not-loaded.tsx";
import { Examples, NoMatches, QuietLine } from "#ui/tasks/list/empty-state.tsx";
import { TaskRows } from "#ui/tasks/list/task-rows.tsx";
import { asksForFields, filtersHref } from "#ui/tasks/model/filters.ts";
import { isWordless } from "#ui/tasks/model/search.ts";
import type { Board } from "./use-board.ts";

/** The tasks that are shown, or the reason why there are none. */
export function BoardList({ board }: { readonly board: Board }) {
  const { shown, filters, counts, today, byHand, editing, add, clearFilters } = board;
  if (board.inTrash) return <Trash {...board} />;
  const inline = editing?.sheet ? null : board.form;
  if (shown.length > 0 || inline) {
    return (
      <TaskRows
        tasks={shown}
        scope={filtersHref(filters)}
        now={board.now}
        unsent={board.unsent}
        delayed={board.delayed}
        editing={inline && editing ? editing.task : null}
        form={inline}
        handle={byHand && (byHand.is === "loaded" ? byHand.part.Handle : null)}
        actions={board.rowActions}
      />
    );
  }
  if (counts.all === 0) {
    return (
      <Examples
        today={today}
        onAdd={(task) => {
          add(task);
          board.focusQuickAdd();
        }}
      />
    );
  }
  const isFiltered = filters.q.trim() !== "" || asksForFields(filters);
  if (isWordless(filters.q) || (board.sync.hasList && board.isKnown && isFiltered)) {
    return <NoMatches filters={filters} onClear={clearFilters} />;
  }
  if (filters.status !== "trashed" && counts[filters.status] > 0) {
    return <QuietLine busy>Reading your tasks</QuietLine>;
  }
  return (
    <QuietLine>
      {filters.status === "completed" ? "No completed tasks yet." : "All done."}
    </QuietLine>
  );
}

function Trash(board: Board) {
  const { trashList } = board;
  if (trashList.is === "failed") return <NotLoaded what="The trash" />;
  if (trashList.is !== "loaded") return <QuietLine busy>Reading the trash</QuietLine>;
  return (
    <trashList.part.TrashList
      tasks={board.trash}
      sync={board.sync}
      api={board.api}
      today={board.today}
      unsent={board.unsent}
      filters={board.filters}
      found={board.inTrashFound}
      onClearFilters={board.clearFilters}
      onRestore={board.actions.restore}
      onRetry={board.rowActions.retry}
      onRead={board.askNow}
      onGone={board.forget}
    />
  );
}
