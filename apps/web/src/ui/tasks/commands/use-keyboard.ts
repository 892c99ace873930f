import { useEffect, useRef } from "react";
import { singleKeysAreOn } from "#ui/device/single-keys.ts";
import { isComposing } from "#ui/kit/is-composing.ts";
import { isTyping } from "#ui/tasks/list/task-focus.ts";
import { isSingle, shortcutOf } from "./read-key.ts";
import type { ShortcutName } from "./shortcuts.ts";

/** Without an event it was chosen from a list. False: it is nothing of ours, the browser acts. */
export type ShortcutAction = (event?: KeyboardEvent) => unknown;
export type ShortcutActions = Readonly<Record<ShortcutName, ShortcutAction>>;

/** The one listener for the keys of the table. What is open above the page has its own keys. */
export function useKeyboard(actions: ShortcutActions): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isComposing(event) || isCovered()) return;
      const name = askedBy(event);
      if (name && latest.current[name](event) !== false) event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

const askedBy = (event: KeyboardEvent): ShortcutName | undefined =>
  shortcutOf(event, {
    isApple: isApple(),
    isTyping: isTyping(event.target),
    singleKeys: singleKeysAreOn(),
  });

export const isApple = (): boolean => /^(?:Mac|iP)/.test(navigator.platform);

const isCovered = (): boolean => document.querySelector("dialog[open], :popover-open") !== null;

/** Of these keys those that are not switched off. */
export const keysThatWork = (keys: readonly string[]): readonly string[] =>
  singleKeysAreOn() ? keys : keys.filter((key) => !isSingle(key));

/** The key that opens the palette also closes it. */
export const isPaletteKey = (event: KeyboardEvent): boolean => askedBy(event) === "palette";
