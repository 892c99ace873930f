import { Plus } from "lucide-react";
import { type FormEvent, type RefObject, useEffect, useId, useState } from "react";
import { Button } from "#ui/button.tsx";
import { FieldError } from "#ui/field.tsx";
import type { Drafts } from "./draft.ts";
import { titleFault } from "./text-limits.ts";

interface QuickAddProps {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly drafts: Drafts;
  readonly ready: boolean;
  readonly onAdd: (title: string) => void;
  /** Arrow down leads into the list. */
  readonly onLeave: () => void;
}

/** One line, one Enter, and the cursor stays. The browser holds the text, so none is ever reset. */
export function QuickAdd({ inputRef, drafts, ready, onAdd, onLeave }: QuickAddProps) {
  const errorId = useId();
  const [fault, setFault] = useState<string>();

  useEffect(() => {
    const input = inputRef.current;
    if (!input) return;
    // What was typed before the script came wins over what was left last time.
    if (input.value === "") input.value = drafts.readNew();
    else drafts.writeNew(input.value);
    if (input.value.trim() !== "") setFault(titleFault(input.value));
    if (document.activeElement === document.body) input.focus({ preventScroll: true });
  }, [drafts, inputRef]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const input = inputRef.current;
    if (!input) return;
    const found = titleFault(input.value);
    setFault(found);
    if (found === undefined) {
      onAdd(input.value.trim());
      input.value = "";
      drafts.writeNew("");
    }
    input.focus();
  };

  return (
    <form
      aria-label="Add a task"
      onSubmit={submit}
      className="z-10 flex flex-col border-divider bg-bg max-sm:fixed max-sm:inset-x-0 max-sm:bottom-0 max-sm:border-t max-sm:px-4 max-sm:pt-2 max-sm:pb-[calc(8px+env(safe-area-inset-bottom))] sm:mb-4"
    >
      <div className="flex gap-2">
        <input
          ref={inputRef}
          type="text"
          aria-label="Add a task"
          placeholder="Add a task"
          autoComplete="off"
          enterKeyHint="done"
          className="control min-w-0 sm:min-h-12"
          aria-invalid={fault ? true : undefined}
          aria-describedby={fault ? errorId : undefined}
          onInput={(event) => {
            const { value } = event.currentTarget;
            drafts.writeNew(value);
            setFault(value.trim() === "" ? undefined : titleFault(value));
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
            if (event.key !== "ArrowDown") return;
            event.preventDefault();
            onLeave();
          }}
        />
        {/* Disabled until the script is there: else Enter would send the form and lose the text. */}
        <Button
          type="submit"
          variant="primary"
          disabled={!ready}
          className="h-11 max-sm:w-11 max-sm:px-0 sm:h-12"
        >
          <Plus aria-hidden size={18} />
          <span className="max-sm:sr-only">Add task</span>
        </Button>
      </div>
      <div role="alert" className="sm:*:pt-2 max-sm:order-first max-sm:*:pb-2">
        {fault && <FieldError id={errorId}>{fault}</FieldError>}
      </div>
    </form>
  );
}
