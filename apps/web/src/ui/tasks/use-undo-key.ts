import { useEffect } from "react";
import { isTyping } from "./task-focus.ts";

/** ⌘Z or Ctrl+Z anywhere, except where it belongs to the text that is being typed. */
export function useUndoKey(undo: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isUndo = event.key === "z" && (event.metaKey || event.ctrlKey) && !event.shiftKey;
      if (!isUndo || isTyping(event.target)) return;
      event.preventDefault();
      undo();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [undo]);
}
