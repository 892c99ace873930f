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
import { Button } from "#ui/kit/button.tsx";
import { FieldError } from "#ui/kit/field.tsx";
import { isComposing } from "#ui/kit/is-composing.ts";
import { priorityLabels } from "#ui/tasks/model/priority.ts";
import {
  notesFault,
  tagsFault,
  tagsOf,
  titleFault,
  yearFault,
} from "#ui/tasks/model/text-limits.ts";
import type { Drafts, Edit } from "#ui/tasks/sync/drafts.ts";
import { changedFields, type TaskFields } from "#ui/tasks/sync/mutation.ts";

export { menuFor } from "#ui/tasks/list/task-menu.tsx";

interface TaskFormProps {
  readonly task: Task;
  readonly drafts: Drafts;
  readonly onSave: (task: Task, fields: TaskFields) => void;
  readonly onCancel: () => void;
  /** In a sheet, Esc and clicks beside belong to the dialog. */
  readonly sheet: boolean;
}

/** Those that can be wrong, in their order. */
const fields = ["title", "description", "due_date", "due_time", "tags"] as const;

type Faults = { readonly [Field in keyof Edit]?: string | undefined };

/** All that a person can say of one task. Every keystroke is kept as a draft until it is saved. */
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
    const isUnfinished = (type: string) => form.current?.querySelector(`[type=${type}]:invalid`);
    const found: Faults = {
      title: titleFault(edit.title),
      description: notesFault(edit.description),
      due_date: isUnfinished("date")
        ? "Finish the date, or clear it."
        : edit.due_date === task.due_date
          ? undefined
          : yearFault(edit.due_date),
      due_time: isUnfinished("time") ? "Finish the time, or clear it." : undefined,
      tags: tagsFault(edit.tags),
    };
    const wrong = fields.find((field) => found[field]);
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

  useEffect(() => {
    const title = form.current?.elements.namedItem("title");
    if (!(title instanceof HTMLTextAreaElement)) return;
    // Enter as a line break and not as a key: keyboards of phones name no key while they compose.
    const onBeforeInput = (event: InputEvent) => {
      if (!/^insert(?:LineBreak|Paragraph)$/.test(event.inputType)) return;
      event.preventDefault();
      if (!event.isComposing) save();
    };
    title.addEventListener("beforeinput", onBeforeInput);
    return () => title.removeEventListener("beforeinput", onBeforeInput);
  }, [save]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
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
              <Button variant="quiet" onClick={() => change({ due_date: "", due_time: "" })}>
                Clear date
              </Button>
            )}
          </div>
        )}
      </Labelled>
      {edit.due_date && (
        <Labelled id={`${id}-time`} label="Time" error={faults.due_time}>
          {(described) => (
            <div className="flex flex-wrap items-center gap-2">
              <input
                {...described}
                type="time"
                name="due_time"
                className="control w-44 tabular-nums"
                value={edit.due_time}
                onChange={(event) => change({ due_time: event.target.value })}
              />
              {edit.due_time && (
                <Button variant="quiet" onClick={() => change({ due_time: "" })}>
                  Clear time
                </Button>
              )}
            </div>
          )}
        </Labelled>
      )}
      <Labelled id={`${id}-priority`} label="Priority" error={undefined}>
        {(described) => (
          <select
            {...described}
            name="priority"
            className="control w-44"
            value={edit.priority}
            onChange={(event) => {
              const chosen = priorities.find((priority) => priority === event.target.value);
              change({ priority: chosen ?? "none" });
            }}
          >
            {priorities.map((priority) => (
              <option key={priority} value={priority} className="bg-surface text-text">
                {priorityLabels[priority]}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <Labelled id={`${id}-tags`} label="Tags" error={faults.tags}>
        {(described) => (
          <input
            {...described}
            type="text"
            name="tags"
            dir="auto"
            autoComplete="off"
            autoCapitalize="none"
            placeholder="#home #garden"
            className="control"
            value={edit.tags}
            onChange={(event) => change({ tags: event.target.value })}
          />
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

const priorities = ["none", "low", "medium", "high"] as const;

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
  due_time: task.due_time ?? "",
  priority: task.priority,
  tags: task.tags.map((tag) => `#${tag}`).join(" "),
});

/** No notes are null, as the task says it; a title is trimmed, as the server does it. */
const fieldsOf = ({ title, description, due_date, due_time, priority, tags }: Edit) => ({
  title: title.trim(),
  description: description === "" ? null : description,
  due_date: due_date === "" ? null : due_date,
  due_time: due_date === "" || due_time === "" ? null : due_time,
  priority,
  tags: tagsOf(tags),
});
