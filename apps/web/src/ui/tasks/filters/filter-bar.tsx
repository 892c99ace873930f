import { ListFilter } from "lucide";
import { useEffect, useRef } from "react";
import { Button } from "#ui/kit/button.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { useAlive } from "#ui/kit/use-alive.ts";
import type { Counts } from "#ui/tasks/model/counts.ts";
import { asksForFields, type Filters, filtersHref, sorts, tabs } from "#ui/tasks/model/filters.ts";

interface FilterTabsProps {
  readonly filters: Filters;
  readonly counts: Counts;
  readonly onChange: (filters: Filters) => void;
}

/** The tabs: links, which can be copied and work without a script, but are instant with it. */
export function FilterTabs({ filters, counts, onChange }: FilterTabsProps) {
  const { status: shown } = filters;
  const nav = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen tab may be out of sight on a phone.
  useEffect(() => {
    const tab = nav.current?.querySelector("[aria-current]");
    tab?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [shown]);
  return (
    <nav
      ref={nav}
      aria-label="Filter"
      className="-mx-1 min-w-0 overflow-x-auto px-1 [scrollbar-width:none]"
    >
      <ul className="flex gap-0.5 sm:gap-1">
        {tabs.map(({ status, label }) => {
          const chosen = status === shown;
          return (
            <li key={status}>
              <a
                href={filtersHref({ ...filters, status })}
                aria-current={chosen ? "page" : undefined}
                className="flex h-9 items-center gap-1.5 whitespace-nowrap rounded-control px-2 font-medium text-muted sm:px-3 -outline-offset-2 transition-colors hover:bg-hover hover:text-text aria-[current]:bg-hover aria-[current]:text-text forced-colors:aria-[current]:underline pointer-coarse:h-11"
                onClick={(event) => {
                  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
                  event.preventDefault();
                  onChange({ ...filters, status });
                }}
              >
                <span>{label}</span>
                {status !== "trashed" && (
                  <span className="font-normal text-meta tabular-nums">
                    {` ${counts[status].toLocaleString("en")}`}
                  </span>
                )}
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

interface SortSelectProps {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}

export function SortSelect({ filters, onChange }: SortSelectProps) {
  const isAlive = useAlive();
  const chosen = sorts.findIndex(
    ({ sort, order }) => sort === filters.sort && order === filters.order,
  );
  return (
    <select
      aria-label="Sort"
      autoComplete="off"
      disabled={!isAlive}
      value={chosen}
      className="field-sizing-content h-9 shrink-0 noscript:hidden rounded-control border border-transparent bg-transparent px-2 text-muted transition-colors hover:bg-hover hover:text-text pointer-coarse:h-11"
      onChange={(event) => {
        const { sort, order } = sorts[Number(event.target.value)] ?? sorts[0];
        onChange({ ...filters, sort, order });
      }}
    >
      {sorts.map(({ label }, index) => (
        <option key={label} value={index} className="bg-surface text-text">
          {label}
        </option>
      ))}
    </select>
  );
}

interface FilterButtonProps {
  readonly open: boolean;
  readonly filters: Filters;
  readonly onToggle: () => void;
}

/** The button that shows the filters by field. They stay shown while one is set. */
export function FilterButton({ open, filters, onToggle }: FilterButtonProps) {
  const holds = asksForFields(filters);
  return (
    <Button
      variant="quiet"
      size="icon"
      aria-label="Filters"
      aria-expanded={open}
      className={`noscript:hidden ${holds ? "text-accent" : ""}`}
      onClick={onToggle}
    >
      <Icon of={ListFilter} size={18} />
    </Button>
  );
}
