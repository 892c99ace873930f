import { ChevronDown } from "lucide";
import type { ReactNode } from "react";
import { Icon } from "#ui/kit/icon.tsx";
import { entries, tags } from "./document.ts";
import { Method } from "./method.tsx";

const chapters = [
  { id: "quickstart", title: "Quickstart" },
  { id: "authentication", title: "Authentication" },
  { id: "conventions", title: "Conventions" },
] as const;

/** The table of contents: at the side on a wide screen, folded at the top on a narrow one. */
export function Contents() {
  return (
    <>
      <nav
        aria-label="On this page"
        className="sticky top-14 hidden max-h-[calc(100dvh-56px)] overflow-y-auto py-8 pr-2 lg:block"
      >
        <Links />
      </nav>
      <details className="group mt-6 rounded-control border border-divider bg-surface lg:hidden">
        <summary className="flex min-h-11 items-center justify-between px-4 font-medium">
          On this page
          <Icon of={ChevronDown} size={16} className="text-muted group-open:rotate-180" />
        </summary>
        <nav aria-label="On this page" className="border-divider border-t p-2">
          <Links />
        </nav>
      </details>
    </>
  );
}

function Links() {
  return (
    <ul className="grid gap-6 text-meta">
      <li>
        <ul>
          {chapters.map(({ id, title }) => (
            <Item key={id} id={id}>
              {title}
            </Item>
          ))}
        </ul>
      </li>
      {tags.map(({ name }) => (
        <li key={name}>
          <p className="px-2 pb-1 font-semibold">{name}</p>
          <ul>
            {entries
              .filter(({ operation }) => operation.tag === name)
              .map(({ id, operation }) => (
                <Item key={id} id={id}>
                  <span className="grow">{operation.summary}</span>
                  <span className="text-[11px]">
                    <Method method={operation.method} />
                  </span>
                </Item>
              ))}
          </ul>
        </li>
      ))}
      <li>
        <ul>
          <Item id="task">The task</Item>
          <Item id="problems">Problems</Item>
        </ul>
      </li>
    </ul>
  );
}

function Item({ id, children }: { id: string; children: ReactNode }) {
  return (
    <li>
      <a
        href={`#${id}`}
        className="flex min-h-8 items-center gap-2 rounded-control px-2 text-muted transition-colors hover:bg-hover hover:text-text pointer-coarse:min-h-11"
      >
        {children}
      </a>
    </li>
  );
}
