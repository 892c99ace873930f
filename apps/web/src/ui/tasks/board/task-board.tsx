import type { Task } from "@tend/contracts";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { browserStorage } from "#ui/device/storage.ts";
import { Dialog } from "#ui/kit/dialog.tsx";
import { NotLoaded } from "#ui/kit/not-loaded.tsx";
import { type PartMissing, part } from "#ui/kit/part.ts";
import { showToast } from "#ui/kit/toaster.tsx";
import { useAnnouncer } from "#ui/kit/use-announcer.ts";
import { useExitDelay } from "#ui/kit/use-exit-delay.ts";
import { useLoaded } from "#ui/kit/use-loaded.ts";
import { useTouched } from "#ui/kit/use-touched.ts";
import { AccountLink } from "#ui/page/account-link.tsx";
import { Header } from "#ui/page/header.tsx";
import { BoardKeys } from "#ui/tasks/commands/board-keys.tsx";
import { useEditing } from "#ui/tasks/edit/use-editing.ts";
import { FieldFilterBar } from "#ui/tasks/filters/field-filters.tsx";
import { FilterButton, FilterTabs, SortSelect } from "#ui/tasks/filters/filter-bar.tsx";
import { SearchField } from "#ui/tasks/filters/search-field.tsx";
import { useFilters } from "#ui/tasks/filters/use-filters.ts";
import { Examples, NoMatches, QuietLine } from "#ui/tasks/list/empty-state.tsx";
import { focusContent, focusList, focusTask, neighbourOf } from "#ui/tasks/list/task-focus.ts";
import type { ReadyMenu } from "#ui/tasks/list/task-menu.tsx";
import type { RowActions } from "#ui/tasks/list/task-row.tsx";
import { TaskRows } from "#ui/tasks/list/task-rows.tsx";
import { useKeptFocus } from "#ui/tasks/list/use-kept-focus.ts";
import { type Counts, countTasks } from "#ui/tasks/model/counts.ts";
import {
  anyFields,
  asksForFields,
  type FieldFilters,
  type Filters,
  filtersHref,
  tabFor,
} from "#ui/tasks/model/filters.ts";
import { isWordless } from "#ui/tasks/model/search.ts";
import { listFound, listShown } from "#ui/tasks/model/task-list.ts";
import { QuickAdd } from "#ui/tasks/quick-add/quick-add.tsx";
import { createDrafts } from "#ui/tasks/sync/drafts.ts";
import type { TaskFields } from "#ui/tasks/sync/mutation.ts";
import { dueDeletes } from "#ui/tasks/sync/outbox.ts";
import type { Snapshot } from "#ui/tasks/sync/snapshot.ts";
import { useTaskActions } from "#ui/tasks/sync/use-task-actions.ts";
import { useTasks } from "#ui/tasks/sync/use-tasks.ts";
import { useTrash } from "#ui/tasks/sync/use-trash.ts";
import { localDay } from "#ui/time/day-label.ts";
import { useNow } from "#ui/time/use-now.ts";
import { Banners } from "./banners.tsx";
import { ClearCompleted } from "./clear-completed.tsx";
import { useAnnounceFound } from "./use-announce-found.ts";
import { useAnnounceSaving } from "./use-announce-saving.ts";

/** Fetched when the server tells of a conflict: few people ever meet one. */
const loadConflictDialog = part(() => import("#ui/tasks/edit/conflict-dialog.tsx"));

interface TaskBoardProps {
  readonly user: { readonly id: string; readonly name: string };
  readonly initial: Snapshot;
  /** Of all tasks of the user, read or not. */
  readonly initialCounts: Counts;
}

/** Form and menu. Fetched with the first key or touch, so that they are there when asked for. */
const loadTaskForm = part(() => import("#ui/tasks/edit/task-form.tsx"));

/** Few open it, and it needs the server anyway. */
const loadTrashList = part(() => import("#ui/tasks/trash/trash-list.tsx"));
const loadOrderByHand = part(() => import("#ui/tasks/list/order-by-hand.tsx"));

const sayRescued = () =>
  void showToast("A task that you edited was deleted elsewhere. It is back, with your text.");
const sayLost = (task: Task) =>
  void showToast(`It was deleted for good elsewhere and cannot be restored: ${task.title}`);

/** The list of one user and all that is done with it. */
export function TaskBoard({ user, initial, initialCounts }: TaskBoardProps) {
  const now = useNow();
  const today = now && localDay(now);
  const { filters, setFilters, search } = useFilters();
  const [said, announce] = useAnnouncer();
  const [drafts] = useState(() => createDrafts(browserStorage(), user.id));
  const { tasks, complete, api, outbox, unsent, ...list } = useTasks(user.id, initial, {
    onRescued: sayRescued,
    onRestored: (task, back) => (back ? announce(`Restored: ${task.title}`) : sayLost(task)),
  });
  const inTrash = filters.status === "trashed";
  const trash = useTrash(user.id, api, inTrash);
  const trashList = useLoaded(inTrash, loadTrashList);
  const inTrashFound = useMemo(() => listFound(trash.tasks ?? [], filters), [trash.tasks, filters]);
  // A trash that was never read says so itself, in its place.
  const loadFailure = inTrash ? trash.tasks && trash.loadFailure : list.loadFailure;
  const actions = useTaskActions(user.id, outbox, announce);
  const counts = useMemo(
    () => (complete ? countTasks(tasks) : initialCounts),
    [complete, tasks, initialCounts],
  );

  const quickAdd = useRef<HTMLInputElement>(null);
  const focusQuickAdd = useCallback(() => quickAdd.current?.focus(), []);
  const searchInput = useRef<HTMLInputElement>(null);

  const { kept, keep } = useExitDelay((id) => {
    const row = document.activeElement?.closest<HTMLElement>("[data-task]");
    if (row?.dataset.task === id) moveFocusFrom(id);
  });
  // What is due now, only the device can tell.
  const dueNow = filters.due === null ? "whenever" : now;
  const shown = useMemo(() => {
    if (dueNow === null) return [];
    const moment = dueNow === "whenever" ? undefined : dueNow;
    return listShown(tasks, filters, new Set(kept.keys()), moment);
  }, [tasks, filters, kept, dueNow]);

  const latest = useRef({ shown, filters });
  useEffect(() => {
    latest.current = { shown, filters };
  });
  const moveFocusFrom = useCallback(
    (id: string) => focusTask(neighbourOf(latest.current.shown, id)) || focusContent(),
    [],
  );

  const { editing, open, close } = useEditing(drafts);
  const isTouched = useTouched();
  const taskForm = useLoaded(editing ?? isTouched, loadTaskForm);
  /** False: its script did not come. */
  const [menu, setMenu] = useState<ReadyMenu | null | false>(null);
  const closeMenu = useCallback(() => setMenu(null), []);

  /** The task whose two versions are shown, while there are two. */
  const [reviewed, setReviewed] = useState({ id: "" });
  const conflict = unsent.conflicts.get(reviewed.id);
  const conflictDialog = useLoaded(unsent.conflicts.size && reviewed, loadConflictDialog);
  const choose = (chosen: TaskFields) => {
    outbox.resolve(reviewed.id, chosen);
    focusTask(reviewed.id);
  };

  const rowActions = useMemo<RowActions>(
    () => ({
      tick(task, completed) {
        actions.tick(task, completed);
        if (latest.current.filters.status !== "all") keep(task.id);
      },
      edit: open,
      openMenu: (task, button) =>
        void loadTaskForm().then(
          ({ menuFor }) => setMenu(menuFor(task, button)),
          () => setMenu(false),
        ),
      retry: (task) => outbox.retry(task.id),
      review: ({ id }) => setReviewed({ id }),
    }),
    [actions, keep, open, outbox],
  );

  const isByHand = filters.sort === "position" && !filters.q;
  const loaded = useLoaded(isByHand, loadOrderByHand);
  const byHand = isByHand && loaded.is === "loaded" ? loaded.part : null;
  const board = { ...actions, shown, filters, announce };
  const move = (task: Task, by: -1 | 1) =>
    void loadOrderByHand().then(
      ({ moveBy }) => moveBy(task, by, board),
      (error: PartMissing) => void showToast(`It was not moved. ${error.message}`),
    );

  const remove = (task: Task) => {
    moveFocusFrom(task.id);
    actions.remove([task]);
  };
  const clearCompleted = () => {
    actions.remove(tasks.filter((task) => task.completed));
    focusQuickAdd();
  };
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
  const add = (fields: TaskFields & { readonly title: string }) => {
    const task = actions.add(fields);
    // What was just written must be seen.
    if (listFound([task], filters).length === 0) setFilters({ ...filters, ...anyFields, q: "" });
  };
  const clearFilters = () => {
    changeFilters({ ...filters, ...anyFields, q: "", status: inTrash ? "trashed" : "all" });
    if (filters.q !== "") searchInput.current?.focus();
  };
  const filterFields = (fields: FieldFilters) => {
    const isOther = fields.due !== filters.due;
    const status = isOther ? tabFor(fields.due, filters.status) : filters.status;
    setFilters({ ...filters, ...fields, status });
  };
  const changeFilters = (next: Filters) => {
    setFilters(next);
    const { status } = next;
    if (status === "trashed") {
      announce("Showing the trash");
      return;
    }
    const isPart = next.q !== "" || asksForFields(next);
    const count = status === filters.status || isPart ? "" : `${counts[status]} `;
    announce(`Showing ${count}${status === "all" ? "" : `${status} `}tasks`);
  };

  useEffect(() => {
    // What was just deleted is to be found there.
    if (inTrash) outbox.hurryDeletes();
  }, [inTrash, outbox]);

  const beginToAdd = () => {
    // Flushed, so that there is something to go to.
    if (inTrash) flushSync(() => changeFilters({ ...filters, status: "all" }));
    focusQuickAdd();
  };

  const [wantsFilters, setWantsFilters] = useState(false);
  const isFiltering = wantsFilters || asksForFields(filters);
  const toggleFilters = () => {
    // Flushed, so that there is something to go to.
    if (!isFiltering) flushSync(() => setWantsFilters(true));
    else if (!asksForFields(filters)) return setWantsFilters(false);
    document.querySelector<HTMLElement>("[data-filters] select")?.focus();
  };

  useKeptFocus();
  useAnnounceSaving(unsent, announce);
  useAnnounceFound(filters, (inTrash ? inTrashFound : shown).length, announce);

  const form =
    editing && taskForm.is === "loaded" ? (
      <taskForm.part.TaskForm
        key={editing.task.id}
        task={editing.task}
        drafts={drafts}
        sheet={editing.sheet}
        onSave={save}
        onCancel={cancel}
      />
    ) : (
      editing &&
      (taskForm.is === "failed" ? (
        <NotLoaded what="The form" onCancel={cancel} />
      ) : (
        <QuietLine busy>Opening the task</QuietLine>
      ))
    );
  const inline = editing?.sheet ? null : form;
  const tabs = { filters, counts, onChange: changeFilters };
  const filterButton = (
    <FilterButton open={isFiltering} filters={filters} onToggle={toggleFilters} />
  );
  return (
    <>
      <Header
        home="/tasks"
        start={
          <>
            <h1 className="sr-only">{inTrash ? "Trash" : "Tasks"}</h1>
            <p className="whitespace-nowrap text-muted tabular-nums">
              {`${counts.pending.toLocaleString("en")} left`}
            </p>
            <div className="ml-2 min-w-0 max-sm:hidden">
              <FilterTabs {...tabs} />
            </div>
          </>
        }
        end={
          <>
            <SearchField
              inputRef={searchInput}
              filters={filters}
              onSearch={search}
              onLeave={focusList}
            />
            <div className="max-sm:hidden">{filterButton}</div>
            {/* The trash has one order: the newest deletion first. */}
            {!inTrash && <SortSelect {...tabs} />}
            <AccountLink name={user.name} />
          </>
        }
      />
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-list px-4 pt-3 pb-32 outline-none sm:pt-0"
      >
        <div className="mb-2 flex items-center justify-between gap-2 print:hidden sm:hidden">
          <FilterTabs {...tabs} />
          {filterButton}
        </div>
        <Banners
          signedOut={
            unsent.trouble?.signedOut ??
            [trash.loadFailure, list.loadFailure].includes("You are signed out.")
          }
          hasUnsent={unsent.changes.length > 0}
          deleting={dueDeletes(unsent.changes).length}
          onStopDeleting={() => outbox.stopDeletes()}
          loadFailure={loadFailure}
          here={filtersHref(filters)}
          onReload={() => {
            list.reload();
            if (inTrash) trash.reload();
          }}
        />
        {!inTrash && (
          <QuickAdd inputRef={quickAdd} drafts={drafts} now={now} onAdd={add} onLeave={focusList} />
        )}
        {isFiltering && (
          <FieldFilterBar
            filters={filters}
            tasks={inTrash ? (trash.tasks ?? []) : tasks}
            today={today}
            onChange={filterFields}
          />
        )}
        {filters.status === "completed" && counts.completed > 0 && (
          <ClearCompleted count={counts.completed} ready={complete} onClear={clearCompleted} />
        )}
        {menu === false && <NotLoaded what="The menu" onCancel={closeMenu} />}
        {isByHand && loaded.is === "failed" && <NotLoaded what="What moves tasks" />}
        {conflict && conflictDialog.is === "failed" && <NotLoaded what="The two versions" />}
        {inTrash && trashList.is === "loaded" ? (
          <trashList.part.TrashList
            trash={trash}
            today={today}
            unsent={unsent}
            filters={filters}
            found={inTrashFound}
            onClearFilters={clearFilters}
            onRestore={actions.restore}
            onRetry={rowActions.retry}
          />
        ) : inTrash ? (
          trashList.is === "failed" ? (
            <NotLoaded what="The trash" />
          ) : (
            <QuietLine busy>Reading the trash</QuietLine>
          )
        ) : shown.length > 0 || inline ? (
          <TaskRows
            tasks={shown}
            now={now}
            unsent={unsent}
            kept={kept}
            editing={inline && editing ? editing.task : null}
            form={inline}
            handle={isByHand ? (byHand?.Handle ?? null) : undefined}
            actions={rowActions}
          />
        ) : counts.all === 0 ? (
          <Examples
            today={today}
            onAdd={(task) => {
              add(task);
              focusQuickAdd();
            }}
          />
        ) : isWordless(filters.q) ||
          (complete && dueNow && (filters.q.trim() !== "" || asksForFields(filters))) ? (
          <NoMatches filters={filters} onClear={clearFilters} />
        ) : (
          <EmptyLine {...filters} counts={counts} />
        )}
        {menu && (
          <menu.Menu
            open={menu}
            onEdit={() => open(menu.task)}
            more={byHand?.movesFor(menu.task, board) ?? []}
            onDelete={() => remove(menu.task)}
            onClose={closeMenu}
          />
        )}
        {byHand && <byHand.Dragging {...board} />}
      </main>
      <BoardKeys
        tasks={tasks}
        drafts={drafts}
        filters={filters}
        searchInput={searchInput}
        rowActions={rowActions}
        onAdd={beginToAdd}
        onDelete={remove}
        onMove={move}
        onUndo={actions.undoLast}
        onOpen={open}
        onFilters={changeFilters}
        onSearch={search}
        onFilter={toggleFilters}
      />
      <Dialog sheet open={editing?.sheet ?? false} title="Edit task" onClose={cancel}>
        {editing?.sheet && form}
      </Dialog>
      {conflictDialog.is === "loaded" && (
        <conflictDialog.part.ConflictDialog
          conflict={conflict}
          today={today}
          onChoose={choose}
          onClose={() => setReviewed({ id: "" })}
        />
      )}
      <p role="status" className="sr-only">
        {said}
      </p>
    </>
  );
}

function EmptyLine({ status, counts }: Pick<Filters, "status"> & { readonly counts: Counts }) {
  if (status !== "trashed" && counts[status] > 0) {
    return <QuietLine busy>Reading your tasks</QuietLine>;
  }
  return <QuietLine>{status === "completed" ? "No completed tasks yet." : "All done."}</QuietLine>;
}
