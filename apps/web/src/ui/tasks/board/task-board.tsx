import { Dialog } from "#ui/kit/dialog.tsx";
import { NotLoaded } from "#ui/kit/not-loaded.tsx";
import { Header } from "#ui/page/header.tsx";
import { BoardCommands } from "#ui/tasks/commands/board-commands.tsx";
import { FieldFilterBar } from "#ui/tasks/filters/field-filters.tsx";
import { focusList } from "#ui/tasks/list/task-focus.ts";
import { filtersHref } from "#ui/tasks/model/filters.ts";
import { QuickAdd } from "#ui/tasks/quick-add/quick-add.tsx";
import { Banners } from "./banners.tsx";
import { BoardHeader, PhoneTabs } from "./board-header.tsx";
import { BoardList } from "./board-list.tsx";
import { ClearCompleted } from "./clear-completed.tsx";
import { type Board, type BoardProps, useBoard } from "./use-board.ts";

/** The page of tasks of one user: the layout of its parts. */
export function TaskBoard(props: BoardProps) {
  const board = useBoard(props);
  const { drafts, filters, outbox, sync, unsent } = board;
  return (
    <>
      {sync.isOver ? <Header /> : <BoardHeader board={board} name={props.user.name} />}
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-list px-4 pt-3 pb-32 outline-none sm:pt-0"
      >
        {sync.isOver ? <h1 className="sr-only">Tasks</h1> : <PhoneTabs board={board} />}
        <Banners
          losing={unsent.isLosing}
          keeps={sync.keeps}
          signedOut={sync.isOver}
          unsent={unsent.mutations.length}
          deleting={unsent.deleting}
          reached={unsent.reached || board.sync.reached}
          onStopDeleting={() => outbox.stopDeletes()}
          loadFailure={board.loadFailure}
          next={filtersHref(filters)}
          onTryNow={board.tryNow}
        />
        {/* What is being typed stays, whoever is signed in. */}
        {!board.inTrash && (
          <QuickAdd
            inputRef={board.quickAdd}
            drafts={drafts}
            now={board.now}
            onAdd={board.add}
            onLeave={focusList}
          />
        )}
        {!sync.isOver && <BoardTasks board={board} />}
      </main>
      {!sync.isOver && <BoardDialogs board={board} />}
      <p role="status" className="sr-only">
        {board.said}
      </p>
    </>
  );
}

interface BoardPart {
  readonly board: Board;
}

/** The list, and what acts on it. */
function BoardTasks({ board }: BoardPart) {
  const { byHand, conflict, counts, filters, inTrash } = board;
  const hands = byHand?.is === "loaded" ? byHand.part : null;
  return (
    <>
      {board.isFiltering && (
        <FieldFilterBar
          filters={filters}
          tasks={inTrash ? board.trash : board.tasks}
          today={board.today}
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
      {board.menu === false && <NotLoaded what="The menu" onCancel={board.closeMenu} />}
      {byHand?.is === "failed" && <NotLoaded what="What moves tasks" />}
      {conflict.conflict && conflict.dialog.is === "failed" && (
        <NotLoaded what="The two versions" />
      )}
      <BoardList board={board} />
      <BoardCommands board={board} />
      {hands && <hands.Dragging {...board.order} />}
    </>
  );
}

/** The form on a phone, and the choice between two versions. */
function BoardDialogs({ board }: BoardPart) {
  const { conflict, editing } = board;
  return (
    <>
      <Dialog sheet open={editing?.sheet ?? false} title="Edit task" onClose={board.cancel}>
        {editing?.sheet && board.form}
      </Dialog>
      {conflict.dialog.is === "loaded" && (
        <conflict.dialog.part.ConflictDialog
          conflict={conflict.conflict}
          today={board.today}
          onChoose={conflict.choose}
          onClose={conflict.close}
        />
      )}
    </>
  );
}
