import { type RefObject, useEffect, useRef } from "react";
import type { AccountErrors } from "./account-errors.ts";

/** For a form: gives the focus to the first field that is wrong, each time that faults are found. */
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
