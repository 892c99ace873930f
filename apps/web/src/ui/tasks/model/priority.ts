import type { Task } from "@tend/contracts";

export const priorityLabels: Readonly<Record<Task["priority"], string>> = {
  none: "No priority",
  low: "Low",
  medium: "Medium",
  high: "High",
};

export const priorities = [
  "none",
  "low",
  "medium",
  "high",
] as const satisfies readonly Task["priority"][];
