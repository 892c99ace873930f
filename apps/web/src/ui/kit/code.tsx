import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";

export interface CodeProps {
  /** What the code is, for the bar above it and for screen readers. */
  title: string;
  /** The text to copy. */
  text: string;
  /** The text as coloured `CodeLine`s; by default it is shown plain. */
  children?: ReactNode;
  /** Whether there is no copy button, since the code is only to be read. */
  readOnly?: boolean;
}

/** A piece of code, with a button that copies it. Long lines wrap: nothing hides at the edge. */
export function Code({ title, text, children, readOnly = false }: CodeProps) {
  return (
    <figure className="overflow-hidden rounded-control border border-divider bg-surface">
      <figcaption className="flex min-h-10 items-center justify-between gap-2 border-divider border-b py-0.5 pr-1 pl-3 text-meta text-muted">
        <span className="min-w-0 truncate">{title}</span>
        {!readOnly && (
          <div className="noscript:hidden">
            <CopyButton text={text} label={`Copy: ${title}`} />
          </div>
        )}
      </figcaption>
      <pre className="wrap-anywhere whitespace-pre-wrap p-3 font-mono text-meta">
        <code translate="no">
          {children ??
            text.split("\n").map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one text never move.
              <CodeLine key={index}>{line}</CodeLine>
            ))}
        </code>
      </pre>
    </figure>
  );
}

/** One line of code; its wrapped rest is indented. */
export function CodeLine({ children }: { children: ReactNode }) {
  return <span className="-indent-[4ch] block min-h-lh pl-[4ch]">{children}</span>;
}
