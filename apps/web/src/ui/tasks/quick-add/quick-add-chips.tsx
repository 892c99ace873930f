import { CalendarDays, Clock, Flag, Hash, X } from "lucide";
import { Icon } from "#ui/kit/icon.tsx";
import type { QuickAddToken } from "#ui/quick-add/parse.ts";
import { priorityLabels } from "#ui/tasks/model/priority.ts";
import { dueLabel } from "#ui/time/day-label.ts";

interface QuickAddChipsProps {
  readonly tokens: readonly QuickAddToken[];
  readonly today: string;
  readonly onDismiss: (token: QuickAddToken) => void;
}

const icons = { date: CalendarDays, time: Clock, tag: Hash, priority: Flag } as const;

/** The recognised tokens of the line. Each can be taken back into the title. */
export function QuickAddChips({ tokens, today, onDismiss }: QuickAddChipsProps) {
  // A tag that is written twice is one tag.
  const chips = tokens.filter(
    (token, index) =>
      tokens.findIndex((other) => labelOf(other, today) === labelOf(token, today)) === index,
  );
  return (
    <ul aria-label="Recognised" className="flex flex-wrap gap-2">
      {chips.map((token) => {
        const label = labelOf(token, today);
        return (
          <li
            key={`${token.kind} ${label}`}
            className="flex items-center rounded-control border border-divider bg-surface pl-2 text-meta"
          >
            <Icon of={icons[token.kind]} size={14} className="mr-1.5 text-accent" />
            <bdi translate={token.kind === "tag" ? "no" : undefined} className="tabular-nums">
              {label}
            </bdi>
            <button
              type="button"
              aria-label={`Keep “${token.text}” in the title`}
              title={`Keep “${token.text}” in the title`}
              className="grid size-8 place-items-center rounded-control text-muted transition-colors hover:bg-hover hover:text-text pointer-coarse:size-11"
              onClick={() => onDismiss(token)}
            >
              <Icon of={X} size={14} />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** A token as the value that the task will have, in words. */
export function labelOf(token: QuickAddToken, today: string): string {
  switch (token.kind) {
    case "date":
      return dueLabel(token.value, today);
    case "time":
      return token.day ? `${dueLabel(token.day, today)} ${token.value}` : token.value;
    case "priority":
      return `${priorityLabels[token.value]} priority`;
    case "tag":
      return token.value;
  }
}
