import { type RefObject, useEffect, useRef } from "react";

/** Moves the focus to the part that shows a new step, where the focused control is gone. */
export function useFocusHere<Part extends HTMLElement>(step: string): RefObject<Part | null> {
  const part = useRef<Part>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the step is when to look.
  useEffect(() => {
    if (document.activeElement === document.body) part.current?.focus({ preventScroll: true });
  }, [step]);
  return part;
}
