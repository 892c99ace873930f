import type { Task } from "@tend/contracts";
import { tagKey } from "@tend/contracts/limits";
import { X } from "lucide";
import { useMemo } from "react";
import { Button } from "#ui/kit/button.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import {
  anyFields,
  asksForFields,
  dues,
  type FieldFilters,
  priorityChoices,
} from "#ui/tasks/model/filters.ts";
import { priorityLabels } from "#ui/tasks/model/priority.ts";

interface FieldFiltersProps {
  readonly filters: FieldFilters;
  readonly tasks: readonly Task[];
  /** The day on the device. Null until the page is hydrated. */
  readonly today: string | null;
  readonly onChange: (fields: FieldFilters) => void;
}

/** The filters of a tab's tasks: by due day, priority and tag. */
export function FieldFilterBar({ filters, tasks, today, onChange }: FieldFiltersProps) {
  const { due, priority, tag } = filters;
  const tags = useMemo(() => tagsToChoose(tasks, tag), [tasks, tag]);
  const change = (part: Partial<FieldFilters>) => onChange({ due, priority, tag, ...part });
  const isAlive = today !== null;
  return (
    <search
      data-filters
      aria-label="Filters"
      className="mb-2 flex items-center print:hidden noscript:hidden gap-1.5 sm:flex-wrap sm:gap-2"
    >
      <Choice
        label="Due"
        any="Any date"
        options={dues.map((one) => ({ value: one.due, label: one.label }))}
        value={due}
        disabled={!isAlive}
        onChoose={(chosen) => change({ due: dues.find((one) => one.due === chosen)?.due ?? null })}
      />
      <Choice
        label="Priority"
        any="Any priority"
        options={priorityChoices.map((one) => ({ value: one, label: priorityLabels[one] }))}
        value={priority}
        disabled={!isAlive}
        onChoose={(chosen) =>
          change({ priority: priorityChoices.find((one) => one === chosen) ?? null })
        }
      />
      {tags.length > 0 && (
        <Choice
          label="Tag"
          any="Any tag"
          options={tags.map((one) => ({ value: one, label: `#${one}` }))}
          value={tags.find((one) => tag && tagKey(one) === tagKey(tag)) ?? null}
          disabled={!isAlive}
          onChoose={(chosen) => change({ tag: chosen })}
        />
      )}
      {asksForFields(filters) && (
        <Button
          variant="quiet"
          size="small"
          className="max-sm:size-11 max-sm:px-0"
          onClick={() => onChange(anyFields)}
        >
          <Icon of={X} size={16} className="sm:hidden" />
          <span className="max-sm:sr-only">Clear filters</span>
        </Button>
      )}
    </search>
  );
}

interface ChoiceProps {
  readonly label: string;
  /** The text while nothing is chosen. */
  readonly any: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly value: string | null;
  readonly disabled: boolean;
  readonly onChoose: (value: string | null) => void;
}

function Choice({ label, any, options, value, disabled, onChoose }: ChoiceProps) {
  return (
    <select
      aria-label={label}
      autoComplete="off"
      disabled={disabled}
      value={value ?? ""}
      data-chosen={value !== null || undefined}
      className="field-sizing-content h-9 min-w-0 max-w-44 rounded-control border border-edge bg-surface px-2 text-muted transition-colors hover:bg-hover data-chosen:border-accent data-chosen:text-text pointer-coarse:h-11"
      onChange={(event) => onChoose(event.target.value || null)}
    >
      <option value="">{any}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

/** All tags once, as first written, in the order of the alphabet; and the one filtered by. */
function tagsToChoose(tasks: readonly Task[], chosen: string | null): readonly string[] {
  const written = tasks.flatMap((task) => task.tags).concat(chosen ?? []);
  // A Map keeps the last of two entries with one key, here the tag as first written.
  const tags = new Map(written.toReversed().map((tag) => [tagKey(tag), tag]));
  return [...tags.values()].toSorted((a, b) => a.localeCompare(b, "en"));
}
