import { Search } from "lucide";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { Icon } from "#ui/kit/icon.tsx";
import { isComposing } from "#ui/kit/is-composing.ts";
import { Modal } from "#ui/kit/modal.tsx";
import { NotLoaded } from "#ui/kit/not-loaded.tsx";
import { type Loaded, useLoaded } from "#ui/kit/use-loaded.ts";
import type { CommandContext } from "./command.ts";
import { type CommandParts, loadCommandParts } from "./load-command-parts.ts";
import { isPaletteKey } from "./use-keyboard.ts";

interface PaletteProps {
  readonly open: boolean;
  /** The text of the field when the palette opens. */
  readonly begin: string;
  readonly onClose: () => void;
  /** Called with the text of the field before the page is loaded again. */
  readonly onReload: (query: string) => void;
  readonly context: CommandContext;
}

/** The palette. Its field is there at once, while the script with the choices loads. */
export function Palette(props: PaletteProps) {
  const { open, onClose } = props;
  const list = useLoaded(open, loadCommandParts);
  return (
    <Modal
      open={open}
      onClose={onClose}
      label={{ text: "Command palette" }}
      className="mx-auto mt-[12dvh] max-w-prose overflow-hidden"
    >
      <Combobox {...props} list={list} />
    </Modal>
  );
}

interface ComboboxProps extends PaletteProps {
  readonly list: Loaded<CommandParts>;
}

function Combobox({ list, begin, context, onClose, onReload }: ComboboxProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [query, setQuery] = useState(begin);
  const [activeId, setActiveId] = useState<string>();
  /** Whether Enter was pressed, maybe before the choices have loaded. */
  const [isEntered, setEntered] = useState(false);
  const part = list.is === "loaded" ? list.part : undefined;
  const choices = useMemo(() => part?.choicesFor(context, query) ?? [], [part, context, query]);
  // By its id: choices may go while the palette is open, and none other is chosen in their place.
  const at = activeId === undefined ? 0 : choices.findIndex((choice) => choice.id === activeId);
  const active = choices[at];
  const optionId = (name: string) => `${id}-${name}`;

  const choose = (run: () => void) => {
    // The dialog gives the focus back first: the choice may move it from there.
    input.current?.closest("dialog")?.close();
    onClose();
    run();
  };
  useEffect(() => {
    // The choice is clicked, so that an open form saves itself, as with any click beside it.
    if (isEntered && active) document.getElementById(`${id}-${active.id}`)?.click();
    if (part) setEntered(false);
  }, [isEntered, active, part, id]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    const step = { ArrowDown: 1, ArrowUp: choices.length - 1 }[event.key];
    if (step !== undefined) setActiveId(choices[(at + step) % choices.length]?.id);
    else if (isPaletteKey(event.nativeEvent)) onClose();
    else return;
    event.preventDefault();
  };

  return (
    <div className="flex max-h-[min(480px,72dvh)] flex-col">
      <form
        className="flex shrink-0 items-center gap-3 border-divider border-b px-4"
        onSubmit={(event) => {
          event.preventDefault();
          setEntered(true);
        }}
      >
        <Icon of={Search} size={18} className="shrink-0 text-muted" />
        <input
          ref={input}
          type="text"
          role="combobox"
          dir="auto"
          aria-label="Command or task"
          placeholder="Type a command or a task"
          autoComplete="off"
          spellCheck={false}
          aria-autocomplete="list"
          aria-expanded={choices.length > 0}
          aria-controls={part ? id : undefined}
          aria-activedescendant={active && optionId(active.id)}
          className="h-14 min-w-0 grow bg-transparent text-input outline-none"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setActiveId(undefined);
          }}
          onKeyDown={onKeyDown}
        />
      </form>
      {part && choices.length > 0 && (
        <part.PaletteList
          id={id}
          choices={choices}
          active={active}
          optionId={optionId}
          onPoint={setActiveId}
          onChoose={choose}
        />
      )}
      <p role="status" className="text-muted *:block *:px-4 *:py-8 *:text-center">
        {choices.length === 0 && list.is !== "failed" && <span>{emptyLine(list.is, query)}</span>}
      </p>
      <div className={list.is === "failed" ? "px-4 pb-4" : ""}>
        {list.is === "failed" && <NotLoaded what="The commands" onReload={() => onReload(query)} />}
      </div>
    </div>
  );
}

const emptyLine = (is: Loaded<CommandParts>["is"], query: string): string =>
  is === "loading" ? "Loading the commands" : `Nothing matches “${query.trim()}”.`;
