/** What of the commands comes later, as one script: the palette's choices, the help, a row's menu. */
export { choicesFor } from "./palette-choices.ts";
export { PaletteList } from "./palette-list.tsx";
export { ShortcutTable } from "./shortcut-table.tsx";
export { menuFor } from "./task-menu.tsx";
