/** The parser of lines and the display of its tokens, loaded by `use-quick-add.ts` when needed. */
export { parseQuickAdd } from "#ui/quick-add/parse.ts";
export { labelOf, QuickAddChips } from "./quick-add-chips.tsx";
export { QuickAddHighlight } from "./quick-add-highlight.tsx";
