import { useEffect, useState } from "react";
import { rowOf } from "#ui/tasks/list/task-focus.ts";
import type { Drafts } from "#ui/tasks/sync/drafts.ts";
import type { CommandBoard, CommandContext } from "./command.ts";
import { Palette } from "./palette.tsx";
import { ShortcutHelp } from "./shortcut-help.tsx";
import { useKeyboard } from "./use-keyboard.ts";

interface BoardCommandsProps {
  readonly board: CommandBoard & { readonly drafts: Drafts };
}

/** The commands on the board: by a key, from the palette, and as the help says it. */
export function BoardCommands({ board }: BoardCommandsProps) {
  const { tasks, filters, drafts } = board;
  const [shown, setShown] = useState<"palette" | "help" | null>(null);
  const [subjectId, setSubjectId] = useState<string>();
  const [begin, setBegin] = useState("");
  const close = () => {
    setShown(null);
    setBegin("");
  };
  useEffect(() => {
    const query = drafts.readText("command");
    if (query === "") return;
    drafts.writeText("command", "");
    setBegin(query);
    setShown("palette");
  }, [drafts]);

  const contextOn = (taskId: string | undefined): CommandContext => ({
    ...board,
    subject: filters.status === "trashed" ? undefined : tasks.find(({ id }) => id === taskId),
    show(what) {
      setSubjectId(taskId);
      setShown(what);
    },
  });
  useKeyboard(() => contextOn(focusedTaskId()));

  return (
    <>
      <Palette
        open={shown === "palette"}
        begin={begin}
        onClose={close}
        onReload={(query) => drafts.writeText("command", query)}
        context={contextOn(subjectId)}
      />
      <ShortcutHelp open={shown === "help"} onClose={close} />
    </>
  );
}

function focusedTaskId(): string | undefined {
  const { activeElement } = document;
  // A form stands in place of its row.
  return activeElement?.closest("form") ? undefined : rowOf(activeElement)?.dataset.task;
}
