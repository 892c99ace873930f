import type { Task } from "@tend/contracts";
import { type FormEvent, useId } from "react";
import { Button } from "#ui/kit/button.tsx";
import { Dialog } from "#ui/kit/dialog.tsx";
import { priorityLabels } from "#ui/tasks/model/priority.ts";
import type { ConflictField, TaskFields } from "#ui/tasks/sync/mutation.ts";
import type { Conflict } from "#ui/tasks/sync/outbox.ts";
import { dueLabel } from "#ui/time/day-label.ts";

interface ConflictDialogProps {
  readonly conflict: Conflict | undefined;
  readonly today: string | null;
  readonly onChoose: (chosen: TaskFields) => void;
  readonly onClose: () => void;
}

const labels: Readonly<Record<ConflictField, string>> = {
  title: "Title",
  description: "Notes",
  completed: "State",
  due_date: "Due date",
  due_time: "Time",
  time_zone: "Time zone",
  priority: "Priority",
  tags: "Tags",
};

/** Both versions of each field that was changed here and elsewhere, to choose from. */
export function ConflictDialog({ conflict, today, onChoose, onClose }: ConflictDialogProps) {
  const form = useId();
  const names = Object.keys(conflict?.mine ?? {}) as ConflictField[];
  const choose = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    // Gives the focus back first: choosing moves it on from there.
    event.currentTarget.closest("dialog")?.close();
    const choices = new FormData(event.currentTarget);
    const kept = names.filter((name) => choices.get(name) === "mine");
    onChoose(Object.fromEntries(kept.map((name) => [name, conflict?.mine[name]])));
  };
  return (
    <Dialog
      sheet
      open={conflict !== undefined}
      title="Which version do you want?"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Decide later</Button>
          <Button type="submit" form={form} variant="primary">
            Save my choice
          </Button>
        </>
      }
    >
      {conflict && (
        <form id={form} className="grid gap-6" onSubmit={choose}>
          <p>
            This task was changed on another device while you changed it here. Until you choose,
            both versions are kept.
          </p>
          {names.map((name) => (
            <fieldset key={name} className="grid gap-2">
              <legend className="mb-1 font-medium">{labels[name]}</legend>
              <Version name={name} whose="mine" label="Yours, from here">
                {inWords(name, conflict.mine, today)}
              </Version>
              <Version name={name} whose="theirs" label="From the other device">
                {inWords(name, conflict.theirs, today)}
              </Version>
            </fieldset>
          ))}
        </form>
      )}
    </Dialog>
  );
}

interface VersionProps {
  readonly name: string;
  readonly whose: "mine" | "theirs";
  readonly label: string;
  readonly children: string;
}

function Version({ name, whose, label, children }: VersionProps) {
  return (
    <label className="flex cursor-pointer items-start gap-3 rounded-control border border-edge p-3 transition-colors hover:bg-hover has-checked:border-accent has-checked:outline has-checked:outline-accent">
      <input
        type="radio"
        name={name}
        value={whose}
        defaultChecked={whose === "mine"}
        className="mt-0.5 size-5 shrink-0 cursor-pointer"
      />
      <span className="grid min-w-0 gap-1">
        <span className="text-meta text-muted">{label}</span>
        <span
          dir="auto"
          translate="no"
          className="max-h-40 overflow-y-auto whitespace-pre-wrap break-words"
        >
          {children}
        </span>
      </span>
    </label>
  );
}

/** A value as it is read, or that there is none. */
function inWords(name: ConflictField, fields: TaskFields | Task, today: string | null): string {
  switch (name) {
    case "title":
      return fields.title ?? "";
    case "description":
      return fields.description || "No notes";
    case "completed":
      return fields.completed ? "Completed" : "Pending";
    case "due_date":
      return fields.due_date ? dueLabel(fields.due_date, today) : "No date";
    case "due_time":
      return fields.due_time ?? "No time";
    case "time_zone":
      return fields.time_zone ?? "Wherever you are";
    case "priority":
      return priorityLabels[fields.priority ?? "none"];
    case "tags":
      return fields.tags?.map((tag) => `#${tag}`).join(" ") || "No tags";
  }
}
