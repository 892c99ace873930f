import { type RefObject, useEffect, useRef } from "react";

/** Where a step takes the focused control away, the focus goes to the part that shows the next. */
export function useFocusHere<Part extends HTMLElement>(step: string): RefObject<Part | null> {
  const part = useRef<Part>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the step is when to look.
  useEffect(() => {
    if (document.activeElement === document.body) part.current?.focus({ preventScroll: true });
  }, [step]);
  return part;
}
