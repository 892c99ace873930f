/** The parts of commands that load later, as one script: palette choices, help, menu of a row. */
export { choicesFor } from "./palette-choices.ts";
export { PaletteList } from "./palette-list.tsx";
export { ShortcutTable } from "./shortcut-table.tsx";
export { menuFor } from "./task-menu.tsx";
