import { AccountLink } from "#ui/page/account-link.tsx";
import { Header } from "#ui/page/header.tsx";
import { FilterButton, FilterTabs, SortSelect } from "#ui/tasks/filters/filter-bar.tsx";
import { SearchField } from "#ui/tasks/filters/search-field.tsx";
import { focusList } from "#ui/tasks/list/task-focus.ts";
import type { Board } from "./use-board.ts";

interface BoardPart {
  readonly board: Board;
}

const tabsOf = ({ filters, counts, changeFilters: onChange }: Board) => ({
  filters,
  counts,
  onChange,
});

/** The header above the list and the trash: tabs, search, filter and order. */
export function BoardHeader({ board, name }: BoardPart & { readonly name: string }) {
  const { counts, filters, inTrash } = board;
  return (
    <Header
      home="/tasks"
      start={
        <>
          <h1 className="sr-only">{inTrash ? "Trash" : "Tasks"}</h1>
          <p className="whitespace-nowrap text-muted tabular-nums">
            {`${counts.pending.toLocaleString("en")} left`}
          </p>
          <div className="ml-2 min-w-0 max-sm:hidden">
            <FilterTabs {...tabsOf(board)} />
          </div>
        </>
      }
      end={
        <>
          <SearchField
            inputRef={board.searchInput}
            filters={filters}
            onSearch={board.search}
            onLeave={focusList}
            isInPlace={board.isInPlace}
            onEnd={board.endSearch}
          />
          <div className="max-sm:hidden">
            <Filter board={board} />
          </div>
          {/* The trash has one order: the newest deletion first. */}
          {!inTrash && <SortSelect {...tabsOf(board)} />}
          <AccountLink name={name} />
        </>
      }
    />
  );
}

/** The tabs on a phone, in a line of their own. */
export function PhoneTabs({ board }: BoardPart) {
  return (
    <div className="mb-2 flex items-center justify-between gap-2 print:hidden sm:hidden">
      <FilterTabs {...tabsOf(board)} />
      <Filter board={board} />
    </div>
  );
}

const Filter = ({ board: { isFiltering, filters, toggleFilters } }: BoardPart) => (
  <FilterButton open={isFiltering} filters={filters} onToggle={toggleFilters} />
);
