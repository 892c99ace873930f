import { Search, X } from "lucide";
import { type FormEvent, type KeyboardEvent, type RefObject, useEffect, useRef } from "react";
import { Button } from "#ui/kit/button.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { isComposing } from "#ui/kit/is-composing.ts";
import { type Filters, filtersHref } from "#ui/tasks/model/filters.ts";
import { filtersInAddress } from "./use-filters.ts";

interface SearchFieldProps {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly filters: Filters;
  readonly onSearch: (q: string) => void;
  /** Moves the focus into the list. */
  readonly onLeave: () => void;
  /** Whether it was opened in place of the browser's search. */
  readonly isInPlace: boolean;
  /** Called when the focus leaves it. */
  readonly onEnd: () => void;
}

const whyId = "why-this-search";

/** The delay after a letter: browsers allow 100 changes of the address in ten seconds. */
const typingDelayMs = 120;

/** The search field, which finds as one types. Below 1024 px it is behind a button until used. */
export function SearchField(props: SearchFieldProps) {
  const { inputRef, filters, onSearch, onLeave, isInPlace, onEnd } = props;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const next = useRef(0);
  const opener = useRef<HTMLButtonElement>(null);
  const { q } = filters;

  const write = () => {
    clearTimeout(timer.current);
    timer.current = undefined;
    next.current = Date.now() + typingDelayMs;
    onSearch(inputRef.current?.value ?? "");
  };
  const type = () => {
    const wait = next.current - Date.now();
    if (wait <= 0) write();
    else timer.current ??= setTimeout(write, wait);
  };
  const clear = () => {
    if (inputRef.current) inputRef.current.value = "";
    write();
  };

  const begin = useRef(write);
  useEffect(() => {
    // Text that was typed before the script loaded is searched for.
    if (inputRef.current?.value !== filtersInAddress().q) begin.current();
    return () => clearTimeout(timer.current);
  }, [inputRef]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the screen's search changes, by Back too; the address is ahead of the screen while somebody types.
  useEffect(() => {
    const input = inputRef.current;
    if (input && timer.current === undefined) input.value = filtersInAddress().q;
  }, [q, inputRef]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    write();
    onLeave();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key === "Escape") {
      event.preventDefault();
      if (inputRef.current?.value) clear();
      else onLeave();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      onLeave();
    }
  };

  const label = filters.status === "trashed" ? "Search the trash" : "Search tasks";
  const rest = new URLSearchParams(filtersHref({ ...filters, q: "" }).split("?")[1]);
  return (
    <>
      <Button
        ref={opener}
        variant="quiet"
        size="icon"
        aria-label={label}
        className="noscript:hidden lg:hidden"
        onClick={() => inputRef.current?.focus()}
      >
        <Icon of={Search} size={18} />
      </Button>
      {/* The form has an address, so that it searches without a script, too. */}
      <search
        data-filled={q !== "" || undefined}
        className="group relative lg:w-52 max-lg:not-focus-within:not-data-filled:sr-only max-sm:absolute max-sm:inset-0 max-sm:flex max-sm:items-center max-sm:bg-bg max-sm:px-4"
      >
        <form action="/tasks" className="relative w-full sm:max-lg:w-44" onSubmit={submit}>
          {[...rest].map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <Icon
            of={Search}
            size={16}
            className="-translate-y-1/2 pointer-events-none absolute top-1/2 left-3 text-muted"
          />
          <input
            ref={inputRef}
            type="search"
            name="q"
            dir="auto"
            aria-label={label}
            aria-describedby={isInPlace ? whyId : undefined}
            placeholder="Search"
            autoComplete="off"
            enterKeyHint="search"
            defaultValue={q}
            className="control min-h-9 px-9 py-1 pointer-coarse:min-h-11 [&::-webkit-search-cancel-button]:hidden"
            onInput={type}
            onBlur={onEnd}
            onKeyDown={onKeyDown}
          />
          <Button
            variant="quiet"
            size="icon"
            aria-label={q === "" ? "Close search" : "Clear search"}
            className="noscript:hidden absolute inset-y-0 right-0 my-auto lg:group-not-data-filled:hidden"
            // The field keeps the focus, and with it its place on a small screen.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => {
              if (inputRef.current?.value) {
                clear();
                inputRef.current.focus();
              } else opener.current?.focus();
            }}
          >
            <Icon of={X} size={16} />
          </Button>
        </form>
        {isInPlace && (
          <p
            id={whyId}
            className="absolute top-full right-0 mt-1 w-64 max-w-[calc(100vw-2rem)] rounded-control border border-divider bg-surface p-3 text-meta text-muted shadow-float max-sm:right-4"
          >
            This searches all tasks. Your browser’s own search finds only those on the screen: press
            the keys again for it.
          </p>
        )}
      </search>
    </>
  );
}
