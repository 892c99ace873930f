import type { Task } from "@tend/contracts";
import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { Button } from "#ui/button.tsx";
import { FieldError } from "#ui/field.tsx";
import { changedFields, type TaskFields } from "./change.ts";
import type { Drafts, Edit } from "./draft.ts";
import { notesFault, titleFault } from "./text-limits.ts";

interface TaskFormProps {
  readonly task: Task;
  readonly drafts: Drafts;
  readonly onSave: (task: Task, fields: TaskFields) => void;
  readonly onCancel: () => void;
  /** In a sheet, Esc and clicks beside belong to the dialog. */
  readonly sheet: boolean;
}

type Faults = { readonly [Field in keyof Edit]?: string | undefined };

/** Title, notes and due date of one task. Every keystroke is kept as a draft until it is saved. */
export function TaskForm({ task, drafts, onSave, onCancel, sheet }: TaskFormProps) {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const [edit, setEdit] = useState<Edit>(() => drafts.readEdit(task.id) ?? editOf(task));
  const [faults, setFaults] = useState<Faults>({});

  const change = (part: Partial<Edit>) => {
    const next = { ...edit, ...part };
    setEdit(next);
    setFaults({});
    if (Object.keys(changedFields(task, fieldsOf(next))).length > 0) drafts.writeEdit(task, next);
    else drafts.removeEdit(task.id);
  };

  const save = useCallback(() => {
    const unfinished = form.current?.querySelector<HTMLInputElement>("[type=date]:invalid");
    const found: Faults = {
      title: titleFault(edit.title),
      description: notesFault(edit.description),
      due_date: unfinished ? "Finish the date, or clear it." : undefined,
    };
    const wrong = (["title", "description", "due_date"] as const).find((field) => found[field]);
    setFaults(found);
    if (wrong === undefined) onSave(task, changedFields(task, fieldsOf(edit)));
    else form.current?.querySelector<HTMLElement>(`[name=${wrong}]`)?.focus();
  }, [edit, task, onSave]);

  useEffect(() => {
    if (sheet) return;
    // A click and not the loss of focus: saving must not move things between press and release.
    // In the capture phase: before what was clicked opens another form in place of this one.
    const onClick = ({ target }: MouseEvent) => {
      if (!(target instanceof Element) || form.current?.contains(target)) return;
      if (!target.closest("[data-sonner-toaster]")) save();
    };
    document.addEventListener("click", onClick, true);
    return () => document.removeEventListener("click", onClick, true);
  }, [sheet, save]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const inTitle = event.target instanceof HTMLElement && event.target.id === `${id}-title`;
    if (event.key === "Enter" && (inTitle || event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      save();
    } else if (event.key === "Escape" && !sheet) {
      event.preventDefault();
      onCancel();
    }
  };

  return (
    <form
      ref={form}
      aria-label="Edit task"
      noValidate
      className="grid gap-4 p-0.5"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={onKeyDown}
    >
      <Labelled id={`${id}-title`} label="Title" error={faults.title}>
        {(described) => (
          <textarea
            {...described}
            ref={focusAtEnd}
            name="title"
            rows={1}
            dir="auto"
            enterKeyHint="done"
            className="control field-sizing-content resize-none"
            value={edit.title}
            onChange={(event) => change({ title: event.target.value.replace(/\s*\n\s*/g, " ") })}
          />
        )}
      </Labelled>
      <Labelled id={`${id}-notes`} label="Notes" error={faults.description}>
        {(described) => (
          <textarea
            {...described}
            name="description"
            rows={3}
            dir="auto"
            className="control field-sizing-content max-h-[50dvh] min-h-24 resize-y"
            value={edit.description}
            onChange={(event) => change({ description: event.target.value })}
          />
        )}
      </Labelled>
      <Labelled id={`${id}-due`} label="Due date" error={faults.due_date}>
        {(described) => (
          <div className="flex flex-wrap items-center gap-2">
            <input
              {...described}
              type="date"
              name="due_date"
              min="0001-01-01"
              max="9999-12-31"
              className="control w-44 tabular-nums"
              value={edit.due_date}
              onChange={(event) => change({ due_date: event.target.value })}
            />
            {edit.due_date && (
              <Button variant="quiet" onClick={() => change({ due_date: "" })}>
                Clear date
              </Button>
            )}
          </div>
        )}
      </Labelled>
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant="primary">
          Save task
        </Button>
      </div>
    </form>
  );
}

interface Described {
  readonly id: string;
  readonly "aria-invalid": true | undefined;
  readonly "aria-describedby": string | undefined;
}

function Labelled({
  id,
  label,
  error,
  children,
}: {
  id: string;
  label: string;
  error: string | undefined;
  children: (described: Described) => ReactNode;
}) {
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="justify-self-start font-medium text-meta text-muted">
        {label}
      </label>
      {children({
        id,
        "aria-invalid": error ? true : undefined,
        "aria-describedby": error ? `${id}-error` : undefined,
      })}
      {error && <FieldError id={`${id}-error`}>{error}</FieldError>}
    </div>
  );
}

/** The attribute is for a dialog, which on opening looks for it. */
function focusAtEnd(field: HTMLTextAreaElement | null): void {
  if (!field) return;
  field.setAttribute("autofocus", "");
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

const editOf = (task: Task): Edit => ({
  title: task.title,
  description: task.description ?? "",
  due_date: task.due_date ?? "",
});

/** No notes are null, as the task says it; a title is trimmed, as the server does it. */
const fieldsOf = ({ title, description, due_date }: Edit) => ({
  title: title.trim(),
  description: description === "" ? null : description,
  due_date: due_date === "" ? null : due_date,
});
