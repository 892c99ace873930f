import type { Ref } from "react";
import type { QuickAddToken } from "#ui/quick-add/parse.ts";

interface QuickAddHighlightProps {
  readonly ref: Ref<HTMLDivElement>;
  readonly line: string;
  readonly tokens: readonly QuickAddToken[];
}

/** Marks recognised words, behind the field, whose text it repeats invisibly. */
export function QuickAddHighlight({ ref, line, tokens }: QuickAddHighlightProps) {
  const starts = [0, ...tokens.map(({ end }) => end)];
  return (
    <div
      ref={ref}
      dir="auto"
      aria-hidden
      translate="no"
      className="control absolute inset-0 flex items-center overflow-hidden border-transparent text-transparent whitespace-pre"
    >
      {/* The padding makes it as wide as the field, where a caret follows the last letter. */}
      <span className="pe-1">
        {starts.map((start, index) => {
          const token = tokens[index];
          return (
            <span key={start}>
              {line.slice(start, token?.start)}
              {token && (
                <mark className="rounded-[3px] bg-accent/15 text-transparent">{token.text}</mark>
              )}
            </span>
          );
        })}
      </span>
    </div>
  );
}
