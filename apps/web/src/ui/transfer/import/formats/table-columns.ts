/** The meanings of a column. No zod or CSV parser is loaded here: the form needs neither. */
export const columnFields = [
  {
    field: "title",
    label: "Title",
    names: /^(?:title|task|name|task name|subject|summary|content|to-?do|item)$/i,
  },
  {
    field: "description",
    label: "Notes",
    names: /^(?:description|notes?|details?|body|comments?)$/i,
  },
  { field: "due_date", label: "Due date", names: /^(?:due|due[ _]?date|date|deadline|when)$/i },
  { field: "priority", label: "Priority", names: /^(?:priority|importance)$/i },
  { field: "tags", label: "Tags", names: /^(?:tags?|labels?|categor(?:y|ies)|lists?|projects?)$/i },
  { field: "completed", label: "Completed", names: /^(?:completed?|done|status|state)$/i },
] as const;

export type ColumnField = (typeof columnFields)[number]["field"];

/** The column of each field, by its index; the title is required. */
export type ColumnChoice = Readonly<Partial<Record<ColumnField, number>>> & {
  readonly title: number;
};

/** Guesses columns by their names; each is used once, and without a title the first is it. */
export function guessColumns(names: readonly string[]): ColumnChoice {
  const taken = new Set<number>();
  const choice: Partial<Record<ColumnField, number>> = {};
  for (const { field, names: pattern } of columnFields) {
    const found = names.findIndex((name, index) => !taken.has(index) && pattern.test(name.trim()));
    if (found < 0) continue;
    taken.add(found);
    choice[field] = found;
  }
  const first = names.findIndex((_, index) => !taken.has(index));
  return { ...choice, title: choice.title ?? Math.max(0, first) };
}
