import { useEffect, useRef } from "react";
import { singleKeysAreOn } from "#ui/device/single-keys.ts";
import { isComposing } from "#ui/kit/is-composing.ts";
import { isTyping } from "#ui/tasks/list/task-focus.ts";
import type { Command, CommandContext } from "./command.ts";
import { type CommandName, commands, isOffered } from "./commands.ts";
import { commandOf } from "./read-key.ts";

/**
 * Listens for the keys of the commands, which act on the context at the time of the press. A dialog
 * or menu that is open above the page has its own keys.
 */
export function useKeyboard(contextNow: () => CommandContext): void {
  const latest = useRef(contextNow);
  useEffect(() => {
    latest.current = contextNow;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isComposing(event) || isCovered()) return;
      const name = commandOfEvent(event);
      if (!name) return;
      const command: Command = commands[name];
      const context = latest.current();
      const isOurs = isOffered(command, context) && command.run(context, event) !== false;
      if (isOurs) event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

const commandOfEvent = (event: KeyboardEvent): CommandName | undefined =>
  commandOf(event, {
    isApple: isApple(),
    isTyping: isTyping(event.target),
    singleKeys: singleKeysAreOn(),
  });

export const isApple = (): boolean => /^(?:Mac|iP)/.test(navigator.platform);

const isCovered = (): boolean => document.querySelector("dialog[open], :popover-open") !== null;

/** Whether a press is that of the palette's key, which opens and closes it. */
export const isPaletteKey = (event: KeyboardEvent): boolean =>
  commandOfEvent(event) === "openPalette";
