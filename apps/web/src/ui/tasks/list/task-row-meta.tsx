import type { Task } from "@tend/contracts";
import { Flag } from "lucide";
import { Icon } from "#ui/kit/icon.tsx";
import { priorityLabels } from "#ui/tasks/model/priority.ts";
import { dueLabel } from "#ui/time/day-label.ts";

interface TaskRowMetaProps {
  readonly task: Task;
  readonly today: string | null;
  readonly overdue: boolean;
}

/** The details of a task under its title: priority, tags, and when it is due. */
export function TaskRowMeta({ task, today, overdue }: TaskRowMetaProps) {
  if (task.priority === "none" && task.tags.length === 0 && !task.due_date) return null;
  return (
    <p className="flex min-w-0 flex-wrap items-center gap-x-3 text-meta text-muted max-sm:-mt-3 max-sm:pb-3 sm:max-w-[45%] sm:shrink-0 sm:justify-end sm:py-[15px] pointer-coarse:sm:py-[19px]">
      {task.priority !== "none" && <Priority priority={task.priority} />}
      {task.tags.map((tag) => (
        <span key={tag} dir="auto" translate="no" className="min-w-0 truncate">
          {`#${tag}`}
        </span>
      ))}
      {task.due_date && <Due task={task} day={task.due_date} today={today} overdue={overdue} />}
    </p>
  );
}

const looks = { low: "", medium: "text-warn", high: "text-danger" } as const;

function Priority({ priority }: { priority: keyof typeof looks }) {
  return (
    <span className={`flex items-center gap-1 ${looks[priority]}`}>
      <Icon of={Flag} size={14} />
      <span>{priorityLabels[priority]}</span>
      <span className="sr-only"> priority</span>
    </span>
  );
}

interface DueProps extends TaskRowMetaProps {
  readonly day: string;
}

function Due({ task, day, today, overdue }: DueProps) {
  return (
    <span className={overdue ? "text-warn" : undefined}>
      <span className="sr-only">{overdue ? "Was due " : "Due "}</span>
      <time dateTime={task.due_time ? `${day}T${task.due_time}` : day}>
        {task.due_time ? `${dueLabel(day, today)} ${task.due_time}` : dueLabel(day, today)}
      </time>
      {task.due_time && task.time_zone && <span translate="no">{` ${task.time_zone}`}</span>}
    </span>
  );
}
