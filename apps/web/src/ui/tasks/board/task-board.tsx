import { Dialog } from "#ui/kit/dialog.tsx";
import { NotLoaded } from "#ui/kit/not-loaded.tsx";
import { BoardCommands } from "#ui/tasks/commands/board-commands.tsx";
import { FieldFilterBar } from "#ui/tasks/filters/field-filters.tsx";
import { focusList } from "#ui/tasks/list/task-focus.ts";
import { filtersHref } from "#ui/tasks/model/filters.ts";
import { QuickAdd } from "#ui/tasks/quick-add/quick-add.tsx";
import { Banners } from "./banners.tsx";
import { BoardHeader, PhoneTabs } from "./board-header.tsx";
import { BoardList } from "./board-list.tsx";
import { ClearCompleted } from "./clear-completed.tsx";
import { type BoardProps, useBoard } from "./use-board.ts";

/** The page of tasks of one user: the layout of its parts. */
export function TaskBoard(props: BoardProps) {
  const board = useBoard(props);
  const { byHand, conflict, counts, drafts, editing, filters, inTrash, menu, outbox } = board;
  const { quickAdd, tasks, today, unsent } = board;
  const hands = byHand?.is === "loaded" ? byHand.part : null;
  return (
    <>
      <BoardHeader board={board} name={props.user.name} />
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-list px-4 pt-3 pb-32 outline-none sm:pt-0"
      >
        <PhoneTabs board={board} />
        <Banners
          signedOut={board.isSignedOut}
          hasUnsent={unsent.mutations.length > 0}
          deleting={unsent.deleting}
          reached={unsent.reached}
          onStopDeleting={() => outbox.stopDeletes()}
          loadFailure={board.loadFailure}
          next={filtersHref(filters)}
          onReload={board.askNow}
        />
        {!inTrash && (
          <QuickAdd
            inputRef={quickAdd}
            drafts={drafts}
            now={board.now}
            onAdd={board.add}
            onLeave={focusList}
          />
        )}
        {board.isFiltering && (
          <FieldFilterBar
            filters={filters}
            tasks={inTrash ? board.trash : tasks}
            today={today}
            onChange={board.filterFields}
          />
        )}
        {filters.status === "completed" && counts.completed > 0 && (
          <ClearCompleted
            count={counts.completed}
            ready={board.sync.hasList}
            onClear={board.clearCompleted}
          />
        )}
        {menu === false && <NotLoaded what="The menu" onCancel={board.closeMenu} />}
        {byHand?.is === "failed" && <NotLoaded what="What moves tasks" />}
        {conflict.conflict && conflict.dialog.is === "failed" && (
          <NotLoaded what="The two versions" />
        )}
        <BoardList board={board} />
        <BoardCommands board={board} />
        {hands && <hands.Dragging {...board.order} />}
      </main>
      <Dialog sheet open={editing?.sheet ?? false} title="Edit task" onClose={board.cancel}>
        {editing?.sheet && board.form}
      </Dialog>
      {conflict.dialog.is === "loaded" && (
        <conflict.dialog.part.ConflictDialog
          conflict={conflict.conflict}
          today={today}
          onChoose={conflict.choose}
          onClose={conflict.close}
        />
      )}
      <p role="status" className="sr-only">
        {board.said}
      </p>
    </>
  );
}
