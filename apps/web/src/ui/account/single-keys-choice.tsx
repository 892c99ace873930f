"use client";

import { useState } from "react";
import { chooseSingleKeys } from "#ui/device/single-keys.ts";
import { Button } from "#ui/kit/button.tsx";
import { useAlive } from "#ui/kit/use-alive.ts";
import { ShortcutHelp } from "#ui/tasks/commands/shortcut-help.tsx";

/** The off-switch for keys without Ctrl or ⌘, and the list of all keys. */
export function SingleKeysChoice({ on }: { on: boolean }) {
  const isAlive = useAlive();
  const [isHelpShown, showHelp] = useState(false);
  return (
    <div className="grid justify-items-start gap-4">
      <div>
        <label className="flex min-h-11 cursor-pointer items-center gap-3 font-medium">
          <input
            type="checkbox"
            defaultChecked={on}
            autoComplete="off"
            disabled={!isAlive}
            aria-describedby="single-keys-hint"
            className="size-5 cursor-pointer"
            onChange={(event) => chooseSingleKeys(event.target.checked)}
          />
          Single-key shortcuts
        </label>
        <p id="single-keys-hint" className="pl-8 text-meta text-muted">
          Letters and signs such as n and / act by themselves. Turn them off if you dictate, or
          press them by accident. Arrows, Enter, Delete, undo and the command palette stay.
        </p>
      </div>
      <Button className="max-sm:hidden pointer-coarse:hidden" onClick={() => showHelp(true)}>
        Show keyboard shortcuts
      </Button>
      <ShortcutHelp open={isHelpShown} onClose={() => showHelp(false)} />
    </div>
  );
}
