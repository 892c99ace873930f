import { Plus } from "lucide";
import { type FormEvent, type RefObject, useEffect, useId, useRef, useState } from "react";
import { Button } from "#ui/kit/button.tsx";
import { FieldError } from "#ui/kit/field.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { isComposing } from "#ui/kit/is-composing.ts";
import { NotLoaded } from "#ui/kit/not-loaded.tsx";
import type { TaskFields } from "#ui/tasks/model/task-fields.ts";
import { titleFault } from "#ui/tasks/model/validation.ts";
import type { Drafts } from "#ui/tasks/sync/drafts.ts";
import { localDay } from "#ui/time/day-label.ts";
import { useQuickAdd } from "./use-quick-add.ts";

interface QuickAddProps {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly drafts: Drafts;
  /** The device's time. Null until the page is hydrated. */
  readonly now: Date | null;
  readonly onAdd: (task: TaskFields & { readonly title: string }) => void;
  /** Called on Arrow down and Esc, which lead into the list. */
  readonly onLeave: () => void;
}

/** The field that adds a task with Enter. It is uncontrolled, so that no text is ever reset. */
export function QuickAdd({ inputRef, drafts, now, onAdd, onLeave }: QuickAddProps) {
  const errorId = useId();
  const [fault, setFault] = useState<string>();
  const { line, setLine, parsed, reader, isUnreadable, dismiss, read } = useQuickAdd(now);
  /** Lines that were submitted and are not parsed yet: they stay drafts until they are tasks. */
  const waiting = useRef<{ readonly line: string }[]>([]);
  const withWaiting = (text: string) =>
    waiting.current.length === 0
      ? text
      : `${waiting.current.map(({ line }) => line).join(" ")} ${text}`.trimEnd();
  const highlight = useRef<HTMLDivElement>(null);
  const tokens = parsed?.tokens ?? [];
  const today = now && localDay(now);

  useEffect(() => {
    const input = inputRef.current;
    if (!input) return;
    // Text that was typed before the script loaded wins over the stored draft.
    if (input.value === "") input.value = drafts.readText("new");
    else drafts.writeText("new", input.value);
    setLine(input.value);
    if (document.activeElement === document.body) input.focus({ preventScroll: true });
  }, [drafts, inputRef, setLine]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const input = inputRef.current;
    if (!input) return;
    const taken = input.value;
    const one = { line: taken };
    waiting.current.push(one);
    // The field is emptied at once, since the next letters belong to the next line.
    input.value = "";
    setLine("");
    const task = await read(taken);
    // An earlier line could not be parsed, and all waiting lines went back into the field.
    if (!waiting.current.includes(one)) return;
    const found = task && titleFault(task.title);
    setFault(found);
    if (task && found === undefined) {
      waiting.current = waiting.current.filter((other) => other !== one);
      const { tokens: _, tags, ...fields } = task;
      onAdd({ ...fields, tags: [...tags] });
    } else {
      input.value = withWaiting(input.value);
      waiting.current = [];
      setLine(input.value);
    }
    drafts.writeText("new", withWaiting(input.value));
    input.focus();
  };

  const wrong = fault ?? (line.trim() === "" ? undefined : titleFault(parsed?.title ?? line));
  return (
    <form
      aria-label="Add a task"
      onSubmit={submit}
      className="z-10 flex flex-col print:hidden noscript:hidden border-divider bg-bg max-sm:fixed max-sm:inset-x-0 max-sm:bottom-0 max-sm:border-t max-sm:px-4 max-sm:pt-2 max-sm:pb-[calc(8px+env(safe-area-inset-bottom))] sm:mb-4"
    >
      <div className="flex gap-2">
        <div className="relative min-w-0 grow">
          {reader && <reader.QuickAddHighlight ref={highlight} line={line} tokens={tokens} />}
          <input
            ref={inputRef}
            type="text"
            dir="auto"
            aria-label="Add a task"
            placeholder="Add a task"
            autoComplete="off"
            enterKeyHint="done"
            className="control relative bg-transparent sm:min-h-12"
            aria-invalid={wrong ? true : undefined}
            aria-describedby={wrong ? errorId : undefined}
            onScroll={({ currentTarget }) => {
              if (highlight.current) highlight.current.scrollLeft = currentTarget.scrollLeft;
            }}
            onInput={({ currentTarget: { value } }) => {
              drafts.writeText("new", withWaiting(value));
              setLine(value);
              setFault(undefined);
            }}
            onKeyDown={(event) => {
              if (isComposing(event.nativeEvent)) return;
              if (event.key !== "ArrowDown" && event.key !== "Escape") return;
              event.preventDefault();
              onLeave();
            }}
          />
        </div>
        {/* The button is disabled until hydration: else Enter would send the form, losing text. */}
        <Button
          type="submit"
          variant="primary"
          disabled={today === null}
          className="h-11 max-sm:w-11 max-sm:px-0 sm:h-12"
        >
          <Icon of={Plus} size={18} />
          <span className="max-sm:sr-only">Add task</span>
        </Button>
      </div>
      <div role="alert" className="sm:*:pt-2 max-sm:order-first max-sm:*:pb-2">
        {wrong && <FieldError id={errorId}>{wrong}</FieldError>}
        {isUnreadable && line.trim() !== "" && (
          <NotLoaded what="What reads dates and tags" again="press Enter again" />
        )}
      </div>
      {reader && today !== null && tokens.length > 0 && (
        <div className="sm:pt-2 max-sm:order-first max-sm:pb-2">
          <reader.QuickAddChips
            tokens={tokens}
            today={today}
            onDismiss={(token) => {
              dismiss(token);
              inputRef.current?.focus();
            }}
          />
        </div>
      )}
      <p role="status" className="sr-only">
        {reader && today !== null && tokens.map((token) => reader.labelOf(token, today)).join(", ")}
      </p>
    </form>
  );
}
