import { Plus } from "lucide";
import { Button } from "#ui/kit/button.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { Words } from "#ui/kit/words.tsx";
import { asksForFields, type Filters } from "#ui/tasks/model/filters.ts";
import { isWordless } from "#ui/tasks/model/search.ts";
import type { TaskFields } from "#ui/tasks/model/task-fields.ts";
import { shiftDay } from "#ui/time/day-label.ts";

const examples = [
  { title: "Buy stamps", when: null },
  { title: "Call Grandma", when: null },
  { title: "Water the plants", when: "Tomorrow" },
] as const;

interface ExamplesProps {
  readonly today: string | null;
  readonly onAdd: (task: TaskFields & { title: string }) => void;
}

/** Three example tasks for a person without any, each added by one tap. */
export function Examples({ today, onAdd }: ExamplesProps) {
  return (
    <div className="py-8 noscript:hidden sm:py-12">
      <h2 className="text-section">Nothing to do yet</h2>
      <p className="mt-1 text-muted">Write your first task, or begin with one of these.</p>
      <ul className="mt-4 grid justify-items-start gap-2">
        {examples.map(({ title, when }) => (
          <li key={title}>
            <button
              type="button"
              disabled={today === null}
              className="flex min-h-11 items-center gap-2 rounded-control border border-edge bg-surface px-3 transition-colors hover:bg-hover"
              onClick={() => today && onAdd({ title, due_date: when && shiftDay(today, 1) })}
            >
              <Icon of={Plus} size={16} className="text-muted" />
              <span className="sr-only">Add </span>
              {title}
              {when && <span className="text-meta text-muted">{when}</span>}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The notice of a search and filters that find nothing. */
export function NoMatches({ filters, onClear }: { filters: Filters; onClear: () => void }) {
  const q = filters.q.trim();
  // A search without a word is refused by the API, too (T-11).
  const wordless = isWordless(q);
  return (
    <div className="py-12 text-center">
      <p className="break-words text-muted">
        <Words>{wordless ? "There is nothing to search for in " : "Nothing matches "}</Words>
        {q === "" || <SearchedFor q={q} />}
        {asksForFields(filters) && !wordless && (
          <Words>{q === "" ? "these filters" : " and these filters"}</Words>
        )}
        <Words>{wordless ? ". Write a letter or a digit with it." : "."}</Words>
      </p>
      <Button className="mt-4 noscript:hidden" onClick={onClear}>
        Clear filters
      </Button>
    </div>
  );
}

function SearchedFor({ q }: { q: string }) {
  return (
    <q dir="auto" translate="no" className="font-medium text-text">
      {q}
    </q>
  );
}

/** One line in place of the list. `busy`: it waits for data, which never come without a script. */
export function QuietLine({ busy, children }: { busy?: boolean; children: string }) {
  return (
    <p className={`py-12 text-center text-muted ${busy ? "noscript:hidden" : ""}`}>{children}</p>
  );
}
