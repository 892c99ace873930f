import type { Task } from "@tend/contracts";

export interface Counts {
  readonly all: number;
  readonly pending: number;
  readonly completed: number;
}

export function countTasks(tasks: readonly Task[]): Counts {
  const completed = tasks.reduce((sum, task) => sum + Number(task.completed), 0);
  return { all: tasks.length, pending: tasks.length - completed, completed };
}
