import type { Task } from "@tend/contracts";
import {
  type ConflictField,
  isConflictField,
  type TaskFields,
} from "#ui/tasks/model/task-fields.ts";

/** The values of the edited fields as the person saw them, and the version of the task. */
export type Before = TaskFields & Pick<Task, "version">;

/** Fields that were set on this device, and what the person saw in them. */
export interface Edit {
  readonly fields: TaskFields;
  /** Undefined in edits of an older version, which overwrite what the server has. */
  readonly before: Before | undefined;
}

/** A task that was changed here and elsewhere, so that the person has to choose. */
export interface Conflict {
  /** The conflicting fields, as they were set on this device. */
  readonly mine: Pick<TaskFields, ConflictField>;
  /** The task as the server has it. */
  readonly theirs: Task;
}

/**
 * The fields that were set on this device, and to another value elsewhere. A field that nobody else
 * touched, or set alike, is no conflict.
 */
export function clashesOf({ fields, before }: Edit, theirs: Task): readonly ConflictField[] {
  if (!before) return [];
  return namesOf(fields).filter(
    (name): name is ConflictField =>
      isConflictField(name) &&
      !isSame(theirs[name], before[name]) &&
      !isSame(theirs[name], fields[name]),
  );
}

/** The conflict between an edit and the task as it is now; undefined: both can be kept. */
export function conflictOf(edit: Edit, theirs: Task): Conflict | undefined {
  const clashes = clashesOf(edit, theirs);
  if (clashes.length === 0) return undefined;
  return { mine: Object.fromEntries(clashes.map((name) => [name, edit.fields[name]])), theirs };
}

/** An edit on top of this version of the task, which the server is asked to have still. */
export const onTopOf = <E extends Edit>(edit: E, { version }: Pick<Task, "version">): E =>
  edit.before ? { ...edit, before: { ...edit.before, version } } : edit;

/** An edit on top of the newest known version, where it is newer and does not clash. */
export const onTopOfNewest = <E extends Edit>(edit: E, lastKnown: Task | undefined): E =>
  lastKnown &&
  edit.before &&
  lastKnown.version > edit.before.version &&
  !conflictOf(edit, lastKnown)
    ? onTopOf(edit, lastKnown)
    : edit;

export const namesOf = (fields: TaskFields) => Object.keys(fields) as (keyof TaskFields)[];

/** Whether two values of a field are equal; tags are compared one by one. */
export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
