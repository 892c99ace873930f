import { anyFields, asksForFields, sorts, tabFor } from "#ui/tasks/model/filters.ts";
import type { Command } from "./command.ts";

type Row = readonly [name: string, command: Command];

const orders = sorts.map(({ sort, order, label }): Row => {
  const by = sort === "position" ? "by hand" : `by ${label.toLowerCase()}`;
  return [
    `${sort}-${order}`,
    {
      keys: [],
      text: `Sort ${by}`,
      group: "Order",
      // The trash has one order.
      when: ({ filters }) => filters.status !== "trashed",
      run: ({ filters, changeFilters }) => changeFilters({ ...filters, sort, order }),
    },
  ];
});

const dueFilters = (
  [
    { due: "overdue", text: "Show overdue tasks" },
    { due: "today", text: "Show tasks due today" },
    { due: "upcoming", text: "Show upcoming tasks" },
    { due: "none", text: "Show tasks without a date" },
  ] as const
).map(
  ({ due, text }): Row => [
    `due-${due}`,
    {
      keys: [],
      text,
      group: "Filters",
      run({ filters, changeFilters }) {
        const status = tabFor(due, filters.status);
        changeFilters({ ...filters, status, ...anyFields, due });
      },
    },
  ],
);

const clearFilters: Row = [
  "clear-filters",
  {
    keys: [],
    text: "Clear filters",
    group: "Filters",
    when: ({ filters }) => asksForFields(filters),
    run: ({ filters, changeFilters }) => changeFilters({ ...filters, ...anyFields }),
  },
];

/** Commands that have no key: the palette alone offers them, so they are loaded with it. */
export const paletteCommands: readonly Row[] = [...orders, ...dueFilters, clearFilters];
