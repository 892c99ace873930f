import { Trash2 } from "lucide";
import { Button } from "#ui/kit/button.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { ProgressBar } from "#ui/kit/progress-bar.tsx";
import { Words } from "#ui/kit/words.tsx";
import { countOfTasks } from "#ui/tasks/model/task-list.ts";
import { Banner } from "./banner.tsx";

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
