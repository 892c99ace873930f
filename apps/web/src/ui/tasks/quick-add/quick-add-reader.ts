/** What reads a line and shows what it found. Loaded by `use-quick-add.ts` at the first letter. */
export { parseQuickAdd } from "#ui/quick-add/parse.ts";
export { labelOf, QuickAddChips } from "./quick-add-chips.tsx";
export { QuickAddHighlight } from "./quick-add-highlight.tsx";
