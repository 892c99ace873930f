import { type RefObject, useEffect, useRef } from "react";
import type { AccountErrors } from "./account-errors.ts";

/** Focuses the first wrong field of a form, each time that errors are found. */
export function useFirstError(faults: AccountErrors): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    const wrong = "input[aria-invalid=true]";
    if (Object.values(faults).some(Boolean)) {
      form.current?.querySelector<HTMLInputElement>(wrong)?.focus();
    }
  }, [faults]);
  return form;
}
