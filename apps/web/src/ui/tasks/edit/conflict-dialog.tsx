import { type FormEvent, useId } from "react";
import { Button } from "#ui/kit/button.tsx";
import { Dialog } from "#ui/kit/dialog.tsx";
import {
  type ConflictField,
  showField,
  type TaskFields,
  taskFields,
} from "#ui/tasks/model/task-fields.ts";
import type { Conflict } from "#ui/tasks/sync/conflicts.ts";

interface ConflictDialogProps {
  readonly conflict: Conflict | undefined;
  readonly today: string | null;
  readonly onChoose: (chosen: TaskFields) => void;
  readonly onClose: () => void;
}

/** Both versions of each field that was changed here and elsewhere, to choose from. */
export function ConflictDialog({ conflict, today, onChoose, onClose }: ConflictDialogProps) {
  const form = useId();
  const names = Object.keys(conflict?.mine ?? {}) as ConflictField[];
  const choose = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    // The dialog gives the focus back first: choosing moves it on from there.
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
            This task was changed elsewhere while you changed it here. Until you choose, both
            versions are kept.
          </p>
          {names.map((name) => (
            <fieldset key={name} className="grid gap-2">
              <legend className="mb-1 font-medium">{taskFields[name].label}</legend>
              <Version name={name} whose="mine" label="Yours, from here">
                {showField(name, conflict.mine, today)}
              </Version>
              <Version name={name} whose="theirs" label="From elsewhere">
                {showField(name, conflict.theirs, today)}
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
