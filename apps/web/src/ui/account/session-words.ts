import { dueLabel, pastLabel } from "#ui/tasks/due-date.ts";

/** Without `today`, as on a server that does not know the reader's zone: the day in UTC. */
export function lastActive(updated_at: string, today: string | null): string {
  const day =
    today === null ? dueLabel(updated_at.slice(0, 10), null) : pastLabel(updated_at, today);
  return `Last active ${day}`;
}
