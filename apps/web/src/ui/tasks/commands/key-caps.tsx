import { Fragment } from "react";
import { singleKeysAreOn } from "#ui/device/single-keys.ts";
import { isSingle } from "./read-key.ts";
import { isApple } from "./use-keyboard.ts";

const names: Readonly<Record<string, { readonly shown: string; readonly said: string }>> = {
  " ": { shown: "Space", said: "Space" },
  "/": { shown: "/", said: "Slash" },
  "?": { shown: "?", said: "Question mark" },
  ArrowDown: { shown: "↓", said: "Arrow down" },
  ArrowUp: { shown: "↑", said: "Arrow up" },
  Delete: { shown: "Del", said: "Delete" },
};

/** The keys that are not switched off. */
export const keysThatWork = (keys: readonly string[]): readonly string[] =>
  singleKeysAreOn() ? keys : keys.filter((key) => !isSingle(key));

/** The keys of one command, as a keyboard shows them; any of them runs it. */
export function KeyCaps({ keys }: { keys: readonly string[] }) {
  return (
    <span
      translate="no"
      className="flex shrink-0 flex-wrap items-center justify-end gap-1.5 text-meta text-muted"
    >
      {keys.map((key, index) => {
        const { shown, said } = nameOf(key);
        return (
          <Fragment key={key}>
            {index > 0 && "or"}
            <kbd className="min-w-6 rounded-[4px] border border-divider bg-bg px-1.5 text-center font-sans text-text">
              <span aria-hidden>{shown}</span>
              <span className="sr-only">{said}</span>
            </kbd>
          </Fragment>
        );
      })}
    </span>
  );
}

function nameOf(key: string): { readonly shown: string; readonly said: string } {
  const letter = key.replace("mod+", "").toUpperCase();
  if (key.startsWith("alt+")) {
    const { shown, said } = nameOf(key.replace("alt+", ""));
    return isApple()
      ? { shown: `⌥${shown}`, said: `Option ${said}` }
      : { shown: `Alt ${shown}`, said: `Alt ${said}` };
  }
  if (key.startsWith("mod+")) {
    return isApple()
      ? { shown: `⌘${letter}`, said: `Command ${letter}` }
      : { shown: `Ctrl ${letter}`, said: `Control ${letter}` };
  }
  return names[key] ?? { shown: key.length === 1 ? letter : key, said: key };
}
