import type { Task } from "@tend/contracts";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { reasonFor } from "#ui/api/failure.ts";
import { browserStorage } from "#ui/device/storage.ts";
import { part } from "#ui/kit/part.ts";
import { dismissToast, showToast } from "#ui/kit/show-toast.tsx";
import { useAnnouncer } from "#ui/kit/use-announcer.ts";
import { useLoaded } from "#ui/kit/use-loaded.ts";
import { useTaskMenu } from "#ui/tasks/commands/use-task-menu.ts";
import { useConflict } from "#ui/tasks/edit/use-conflict.ts";
import { useEditForm } from "#ui/tasks/edit/use-edit-form.tsx";
import { useFilterActions } from "#ui/tasks/filters/use-filter-actions.ts";
import { useFilters } from "#ui/tasks/filters/use-filters.ts";
import { useLongSearch } from "#ui/tasks/filters/use-long-search.ts";
import { isLongList } from "#ui/tasks/list/drawn-rows.tsx";
import type { RowActions } from "#ui/tasks/list/task-row.tsx";
import { useKeptFocus } from "#ui/tasks/list/use-kept-focus.ts";
import { useKeptPlace } from "#ui/tasks/list/use-kept-place.ts";
import { useReorder } from "#ui/tasks/list/use-reorder.ts";
import { useShownTasks } from "#ui/tasks/list/use-shown-tasks.ts";
import { type Counts, countTasks } from "#ui/tasks/model/counts.ts";
import { anyFields } from "#ui/tasks/model/filters.ts";
import type { TaskFields } from "#ui/tasks/model/task-fields.ts";
import { listFound } from "#ui/tasks/model/task-list.ts";
import { createDrafts } from "#ui/tasks/sync/drafts.ts";
import type { Beginning } from "#ui/tasks/sync/feed.ts";
import { useTaskActions } from "#ui/tasks/sync/use-task-actions.ts";
import { useTasks } from "#ui/tasks/sync/use-tasks.ts";
import { localDay } from "#ui/time/day-label.ts";
import { useNow } from "#ui/time/use-now.ts";
import { useAnnounceFound } from "./use-announce-found.ts";
import { useAnnounceSaving } from "./use-announce-saving.ts";

export interface BoardProps {
  readonly user: { readonly id: string; readonly name: string };
  readonly beginning: Beginning;
  /** The counts of all tasks of the user, read or not. */
  readonly initialCounts: Counts;
}

export type Board = ReturnType<typeof useBoard>;

/** Loads the trash when it is opened: few people do so, and it needs the server anyway. */
const loadTrashList = part(() => import("#ui/tasks/trash/trash-list.tsx"));

const sayRescued = () =>
  void showToast("A task that you edited was deleted elsewhere. It is back, with your text.");
const sayLost = (task: Task) =>
  void showToast(`It was deleted for good elsewhere and cannot be restored: ${task.title}`);

/** The state of the page of tasks, and its actions; the layout is in task-board.tsx. */
export function useBoard({ user, beginning, initialCounts }: BoardProps) {
  const now = useNow();
  const { filters, setFilters, search } = useFilters();
  const [said, announce] = useAnnouncer();
  const [drafts] = useState(() => createDrafts(browserStorage(), user.id));
  const quickAdd = useRef<HTMLInputElement>(null);
  const { tasks, trash, sync, api, outbox, unsent, ...server } = useTasks(user.id, beginning, {
    onRescued: sayRescued,
    onRestored: (task, back) => (back ? announce(`Restored: ${task.title}`) : sayLost(task)),
    // Another tab may have stored its own line in the meantime, or none.
    onLeaving: () => drafts.addText("new", quickAdd.current?.value ?? ""),
  });
  const actions = useTaskActions(user.id, outbox, announce);
  const counts = useMemo(
    () => (sync.hasList ? countTasks(tasks) : initialCounts),
    [sync.hasList, tasks, initialCounts],
  );

  const inTrash = filters.status === "trashed";
  const trashList = useLoaded(inTrash, loadTrashList);
  const inTrashFound = useMemo(
    () => (inTrash ? listFound(trash, filters) : []),
    [inTrash, trash, filters],
  );
  useEffect(() => {
    // Tasks that were just deleted are to be found in the trash.
    if (inTrash) outbox.hurryDeletes();
  }, [inTrash, outbox]);

  const focusQuickAdd = useCallback(() => quickAdd.current?.focus(), []);
  const searchInput = useRef<HTMLInputElement>(null);
  const focusSearch = () => {
    // The bar is always in sight; a browser would scroll the page to bring its field to the middle.
    searchInput.current?.focus({ preventScroll: true });
    searchInput.current?.select();
  };

  const longSearch = useLongSearch(searchInput, focusSearch);

  const listed = useShownTasks(tasks, filters, now);
  const { shown, keep, moveFocusFrom } = listed;
  const filtering = useFilterActions({ filters, setFilters, counts, announce, focusSearch });
  const edit = useEditForm(drafts, actions);
  const { open } = edit;
  const conflict = useConflict(unsent, outbox);
  const { review } = conflict;
  const rowMenu = useTaskMenu();
  const { openMenu } = rowMenu;
  const order = { ...actions, shown, filters, announce };
  const ordering = useReorder(order);

  const rowActions = useMemo<RowActions>(
    () => ({
      tick(task, completed) {
        actions.tick(task, completed);
        keep(task.id);
      },
      edit: open,
      openMenu,
      retry: (task) => outbox.retry(task.id),
      review: ({ id }) => review(id),
    }),
    [actions, keep, open, openMenu, outbox, review],
  );
  const remove = (task: Task) => {
    moveFocusFrom(task.id);
    actions.remove([task]);
  };
  const clearCompleted = () => {
    actions.remove(tasks.filter((task) => task.completed));
    focusQuickAdd();
  };
  const add = (fields: TaskFields & { readonly title: string }) => {
    const task = actions.add(fields);
    // Filters that hide a new task are cleared: it must be seen.
    if (listFound([task], filters).length === 0) setFilters({ ...filters, ...anyFields, q: "" });
  };
  const beginToAdd = () => {
    // The change is flushed, so that the field exists before it gets the focus.
    if (inTrash) flushSync(() => filtering.changeFilters({ ...filters, status: "all" }));
    focusQuickAdd();
  };

  useEffect(() => {
    if (!sync.isOver) return;
    // Messages name tasks, too.
    announce("");
    void dismissToast();
  }, [sync.isOver, announce]);

  useKeptFocus();
  useKeptPlace();
  useAnnounceSaving(unsent, announce);
  useAnnounceFound(filters, (inTrash ? inTrashFound : shown).length, announce);

  return {
    ...filtering,
    ...listed,
    ...edit,
    ...ordering,
    ...rowMenu,
    ...longSearch,
    actions,
    add,
    api,
    askNow: server.askNow,
    beginToAdd,
    clearCompleted,
    conflict,
    counts,
    drafts,
    filters,
    focusQuickAdd,
    focusSearch,
    forget: server.forget,
    inTrash,
    inTrashFound,
    isLong: isLongList(inTrash ? inTrashFound : shown),
    now,
    order,
    outbox,
    quickAdd,
    remove,
    rowActions,
    said,
    search,
    searchInput,
    sync,
    tasks,
    trash,
    trashList,
    tryNow: () => {
      outbox.retry();
      server.askNow();
    },
    unsent,
    today: now && localDay(now),
    // A trash that was never read shows its failure in place of the list.
    loadFailure:
      sync.failure && (!inTrash || sync.isComplete) ? reasonFor(sync.failure) : undefined,
  };
}
