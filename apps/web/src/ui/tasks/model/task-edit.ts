import type { Task } from "@tend/contracts";
import { type JsonObject, readText } from "./read-value.ts";
import {
  type FormField,
  fieldNames,
  type TaskField,
  type TaskFields,
  taskFields,
} from "./task-fields.ts";

/** The texts in the edit form, as typed; empty where there is no value. */
export type TaskEdit = Readonly<Record<FormField, string>>;

export type EditFaults = Readonly<Partial<Record<FormField, string>>>;

export const formFields = fieldNames.filter(
  (name): name is FormField => taskFields[name].input !== undefined,
);

/** The form of a task before anything is typed. */
export const editFromTask = (task: Task): TaskEdit =>
  // The object has every name, since `formFields` lists all fields of the form.
  Object.fromEntries(formFields.map((name) => [name, formatField(name, task)])) as TaskEdit;

/** The fields of the form as the task would have them. */
export const fieldsFromEdit = (edit: TaskEdit): TaskFields =>
  Object.fromEntries(
    formFields
      .map((name) => [name, taskFields[name].input?.parse(edit[name], edit)] as const)
      .filter(([, value]) => value !== undefined),
  );

/** An edit as any version stored it. An unreadable field is taken from the task. */
export function readEdit(stored: JsonObject, task: Task): TaskEdit {
  const before = editFromTask(task);
  const texts = formFields.map((name) => [name, readText(stored[name]) ?? before[name]]);
  const edit: TaskEdit = { ...before, ...Object.fromEntries(texts) };
  const unreadable = formFields.filter((name) => {
    return taskFields[name].input?.parse(edit[name], edit) === undefined;
  });
  return { ...edit, ...Object.fromEntries(unreadable.map((name) => [name, before[name]])) };
}

/** The errors of the form, in words. `isUnfinished`: the browser has no complete value. */
export function faultsOfEdit(
  edit: TaskEdit,
  task: Task,
  isUnfinished: (name: FormField) => boolean,
): EditFaults {
  const before = editFromTask(task);
  const faults = formFields.map((name) => {
    const { unfinished, fault } = taskFields[name].input ?? {};
    const isPart = unfinished !== undefined && isUnfinished(name);
    return [name, isPart ? unfinished : fault?.(edit[name], before[name])] as const;
  });
  return Object.fromEntries(faults.filter(([, fault]) => fault !== undefined));
}

function formatField<Field extends FormField>(name: Field, task: Task): string {
  const { input }: TaskField<Task[Field]> = taskFields[name];
  return input?.format(task[name]) ?? "";
}
