import type { ExportKind } from "./export-tasks.ts";

export interface ExportChoice {
  readonly kind: ExportKind;
  readonly label: string;
  readonly hint: string;
}

/** The exports on offer, which the server gives to the page, so that no script has their words. */
export const exportChoices: readonly ExportChoice[] = [
  {
    kind: "json",
    label: "Export as JSON",
    hint: "Everything, with the trash. Can be imported again.",
  },
  {
    kind: "csv",
    label: "Export as CSV",
    hint: "Everything, for a spreadsheet. Text that it would take for a formula has an apostrophe before it.",
  },
  {
    kind: "ics",
    label: "Export as calendar",
    hint: "To-dos for a calendar, without the trash.",
  },
];
