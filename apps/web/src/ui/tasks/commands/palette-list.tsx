import { useEffect } from "react";
import { KeyCaps, keysThatWork } from "./key-caps.tsx";
import type { PaletteChoice } from "./palette-choices.ts";

interface PaletteListProps {
  readonly id: string;
  readonly choices: readonly PaletteChoice[];
  readonly active: PaletteChoice | undefined;
  readonly optionId: (name: string) => string;
  readonly onPoint: (choiceId: string) => void;
  readonly onChoose: (run: () => void) => void;
}

/** The choices in their groups. The focus stays in the field, which names the active one. */
export function PaletteList(props: PaletteListProps) {
  const { id, choices, active, optionId, onPoint, onChoose } = props;
  const activeId = active && optionId(active.id);
  useEffect(() => {
    if (activeId) document.getElementById(activeId)?.scrollIntoView({ block: "nearest" });
  }, [activeId]);

  const groups = [...new Set(choices.map(({ group }) => group))];
  return (
    <div
      id={id}
      role="listbox"
      aria-label="Commands and tasks"
      tabIndex={-1}
      className="min-h-0 grow scroll-py-2 overflow-y-auto p-2 outline-none"
      // The focus stays in the field.
      onMouseDown={(event) => event.preventDefault()}
    >
      {groups.map((group, number) => (
        // biome-ignore lint/a11y/useSemanticElements: a <fieldset> is no part of a listbox.
        <div
          key={group}
          role="group"
          aria-labelledby={optionId(`group-${number}`)}
          className="not-first:mt-2"
        >
          <p id={optionId(`group-${number}`)} className="px-3 py-1.5 text-meta text-muted">
            {group}
          </p>
          {choices.map(
            (choice) =>
              choice.group === group && (
                // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the field.
                // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field.
                <div
                  key={choice.id}
                  id={optionId(choice.id)}
                  role="option"
                  aria-selected={choice === active}
                  className="flex min-h-10 cursor-pointer scroll-mt-10 items-center gap-4 rounded-control px-3 aria-selected:bg-hover aria-selected:outline-2 aria-selected:outline-accent aria-selected:-outline-offset-2 pointer-coarse:min-h-11"
                  onPointerMove={() => onPoint(choice.id)}
                  onClick={() => onChoose(choice.run)}
                >
                  <span
                    dir="auto"
                    translate={choice.group === "Tasks" ? "no" : undefined}
                    className="min-w-0 grow truncate"
                  >
                    {choice.text}
                  </span>
                  <FirstKey keys={keysThatWork(choice.keys ?? [])} />
                </div>
              ),
          )}
        </div>
      ))}
    </div>
  );
}

const FirstKey = ({ keys: [key] }: { readonly keys: readonly string[] }) =>
  key !== undefined && <KeyCaps keys={[key]} />;
