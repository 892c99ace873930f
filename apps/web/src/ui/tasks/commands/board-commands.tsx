import type { Task } from "@tend/contracts";
import { useEffect, useState } from "react";
import { rowOf } from "#ui/tasks/list/task-focus.ts";
import type { Drafts } from "#ui/tasks/sync/drafts.ts";
import type { CommandBoard, CommandContext } from "./command.ts";
import { Palette } from "./palette.tsx";
import { ShortcutHelp } from "./shortcut-help.tsx";
import { useKeyboard } from "./use-keyboard.ts";
import type { UsedMenu } from "./use-task-menu.ts";

interface BoardCommandsProps {
  readonly board: CommandBoard & Pick<UsedMenu, "menu" | "closeMenu"> & { readonly drafts: Drafts };
}

/** The open palette or help, its task, and the text of the palette before a reload. */
interface Shown {
  readonly what: "palette" | "help";
  readonly subjectId?: string | undefined;
  readonly begin?: string;
}

/** The commands of the board: by a key, in the palette, in the menu of a row, in the help. */
export function BoardCommands({ board }: BoardCommandsProps) {
  const { tasks, filters, drafts, menu, closeMenu } = board;
  const [shown, setShown] = useState<Shown | null>(null);
  const close = () => setShown(null);
  useEffect(() => {
    const begin = drafts.readText("command");
    if (begin === "") return;
    drafts.writeText("command", "");
    setShown({ what: "palette", begin });
  }, [drafts]);

  const taskOf = (taskId: string | undefined) =>
    taskId === undefined || filters.status === "trashed"
      ? undefined
      : tasks.find(({ id }) => id === taskId);
  const contextOn = (subject: Task | undefined): CommandContext => ({
    ...board,
    subject,
    show: (what) => setShown({ what, subjectId: subject?.id }),
  });
  useKeyboard(() => contextOn(taskOf(focusedTaskId())));

  return (
    <>
      {menu && <menu.Menu open={menu} context={contextOn(menu.task)} onClose={closeMenu} />}
      <Palette
        open={shown?.what === "palette"}
        begin={shown?.begin ?? ""}
        onClose={close}
        onReload={(query) => drafts.writeText("command", query)}
        context={contextOn(taskOf(shown?.subjectId))}
      />
      <ShortcutHelp open={shown?.what === "help"} onClose={close} />
    </>
  );
}

function focusedTaskId(): string | undefined {
  const { activeElement } = document;
  // The form in place of a row is no subject of commands.
  return activeElement?.closest("form") ? undefined : rowOf(activeElement)?.dataset.task;
}
