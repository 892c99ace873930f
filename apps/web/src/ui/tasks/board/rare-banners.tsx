import { Info, Trash2 } from "lucide";
import { Button } from "#ui/kit/button.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { ProgressBar } from "#ui/kit/progress-bar.tsx";
import { Words } from "#ui/kit/words.tsx";
import { countOfTasks } from "#ui/tasks/model/task-list.ts";
import { Banner } from "./banner.tsx";

/** What it means that the device keeps no tasks, and what to do about it. */
export function NothingKept() {
  return (
    <Banner icon={<Icon of={Info} size={16} />}>
      This browser keeps nothing of Tend: without a network it cannot show your tasks. Use a window
      that is not private, or make room on the device.
    </Banner>
  );
}

interface DeletionProgressProps {
  readonly total: number;
  readonly left: number;
  readonly onStop: () => void;
}

/** How far the deletion of many tasks is, and the way to stop it. */
export function DeletionProgress({ total, left, onStop }: DeletionProgressProps) {
  return (
    <Banner
      icon={<Icon of={Trash2} size={16} />}
      action={
        <Button size="small" onClick={onStop}>
          Stop
        </Button>
      }
    >
      <Words>{`Deleting ${countOfTasks(total)} `}</Words>
      <span className="ml-2 inline-block w-32">
        <ProgressBar label="Tasks deleted" max={total} value={total - left} />
      </span>
    </Banner>
  );
}
