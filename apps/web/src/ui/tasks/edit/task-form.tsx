import type { Task } from "@tend/contracts";
import { type KeyboardEvent, type ReactNode, useId } from "react";
import { Button } from "#ui/kit/button.tsx";
import { FieldError } from "#ui/kit/field.tsx";
import { isComposing } from "#ui/kit/is-composing.ts";
import { priorities, priorityLabels } from "#ui/tasks/model/priority.ts";
import type { EditFaults, TaskEdit } from "#ui/tasks/model/task-edit.ts";
import { type FormField, type TaskFields, taskFields } from "#ui/tasks/model/task-fields.ts";
import type { Drafts } from "#ui/tasks/sync/drafts.ts";
import { useSaveOnClickBeside, useSaveOnLineBreak, useTaskEdit } from "./use-task-edit.ts";

interface TaskFormProps {
  readonly task: Task;
  readonly drafts: Drafts;
  readonly onSave: (task: Task, fields: TaskFields) => void;
  readonly onCancel: () => void;
  /** Whether a sheet holds the form: then Esc and clicks beside belong to the dialog. */
  readonly sheet: boolean;
}

/** The edit form of a task. Every keystroke is stored as a draft until the form is saved. */
export function TaskForm({ task, drafts, onSave, onCancel, sheet }: TaskFormProps) {
  const id = useId();
  const { form, edit, faults, change, save } = useTaskEdit(task, drafts, onSave);
  useSaveOnClickBeside(form, save, sheet);
  useSaveOnLineBreak(form, save);

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
      <Labelled formId={id} name="title" error={faults.title}>
        {(described) => (
          <textarea
            {...described}
            ref={focusAtEnd}
            rows={1}
            dir="auto"
            enterKeyHint="done"
            className="control field-sizing-content resize-none"
            value={edit.title}
            onChange={(event) => change({ title: event.target.value.replace(/\s*\n\s*/g, " ") })}
          />
        )}
      </Labelled>
      <Labelled formId={id} name="description" error={faults.description}>
        {(described) => (
          <textarea
            {...described}
            rows={3}
            dir="auto"
            className="control field-sizing-content max-h-[50dvh] min-h-24 resize-y"
            value={edit.description}
            onChange={(event) => change({ description: event.target.value })}
          />
        )}
      </Labelled>
      <DueFields formId={id} edit={edit} faults={faults} onChange={change} />
      <Labelled formId={id} name="priority" error={faults.priority}>
        {(described) => (
          <select
            {...described}
            className="control w-44"
            value={edit.priority}
            onChange={(event) => change({ priority: event.target.value })}
          >
            {priorities.map((priority) => (
              <option key={priority} value={priority} className="bg-surface text-text">
                {priorityLabels[priority]}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <Labelled formId={id} name="tags" error={faults.tags}>
        {(described) => (
          <input
            {...described}
            type="text"
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

interface DueFieldsProps {
  readonly formId: string;
  readonly edit: TaskEdit;
  readonly faults: EditFaults;
  readonly onChange: (part: Partial<TaskEdit>) => void;
}

/** The fields of the due day and its optional time. */
function DueFields({ formId, edit, faults, onChange }: DueFieldsProps) {
  return (
    <>
      <Labelled formId={formId} name="due_date" error={faults.due_date}>
        {(described) => (
          <div className="flex flex-wrap items-center gap-2">
            <input
              {...described}
              type="date"
              min="0001-01-01"
              max="9999-12-31"
              className="control w-44 tabular-nums"
              value={edit.due_date}
              onChange={(event) => onChange({ due_date: event.target.value })}
            />
            {edit.due_date && (
              <Button variant="quiet" onClick={() => onChange({ due_date: "", due_time: "" })}>
                Clear date
              </Button>
            )}
          </div>
        )}
      </Labelled>
      {edit.due_date && (
        <Labelled formId={formId} name="due_time" error={faults.due_time}>
          {(described) => (
            <div className="flex flex-wrap items-center gap-2">
              <input
                {...described}
                type="time"
                className="control w-44 tabular-nums"
                value={edit.due_time}
                onChange={(event) => onChange({ due_time: event.target.value })}
              />
              {edit.due_time && (
                <Button variant="quiet" onClick={() => onChange({ due_time: "" })}>
                  Clear time
                </Button>
              )}
            </div>
          )}
        </Labelled>
      )}
    </>
  );
}

interface Described {
  readonly id: string;
  readonly name: FormField;
  readonly "aria-invalid": true | undefined;
  readonly "aria-describedby": string | undefined;
}

interface LabelledProps {
  readonly formId: string;
  readonly name: FormField;
  readonly error: string | undefined;
  readonly children: (described: Described) => ReactNode;
}

function Labelled({ formId, name, error, children }: LabelledProps) {
  const id = `${formId}-${name}`;
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="justify-self-start font-medium text-meta text-muted">
        {taskFields[name].label}
      </label>
      {children({
        id,
        name,
        "aria-invalid": error ? true : undefined,
        "aria-describedby": error ? `${id}-error` : undefined,
      })}
      {error && <FieldError id={`${id}-error`}>{error}</FieldError>}
    </div>
  );
}

/** Focuses a field with its cursor at the end. A dialog that opens looks for the attribute. */
function focusAtEnd(field: HTMLTextAreaElement | null): void {
  if (!field) return;
  field.setAttribute("autofocus", "");
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}
