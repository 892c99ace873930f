/** When a task is due. No zod here, so that the browser may carry it. */
export interface Due {
  readonly due_date?: string | null | undefined;
  readonly due_time?: string | null | undefined;
  readonly time_zone?: string | null | undefined;
}

const needs = [
  { field: "due_time", of: "due_date", message: "A time needs a day: give the task a due_date." },
  { field: "time_zone", of: "due_time", message: "A zone needs a time: give the task a due_time." },
] as const;

/** T-16: the change, with the time cleared along with its day, and the zone with its time. */
export function withCleared<C extends Due>(change: C): C {
  const { due_date, due_time = due_date === null ? null : undefined, time_zone = null } = change;
  return due_time === null ? { ...change, due_time, time_zone } : change;
}

/** T-16: the faults of a change, together with the stored fields as far as those are known. */
export function dueFaults(change: Due, stored: Due = {}): { path: string[]; message: string }[] {
  const after = { ...stored, ...withCleared(change) };
  return needs
    .filter(({ field, of }) => (change[field] ?? null) !== null && after[of] === null)
    .map(({ field, message }) => ({ path: [field], message }));
}

/** The stored fields of a task that does not exist yet. */
export const notDue = { due_date: null, due_time: null, time_zone: null } satisfies Due;
