import { CircleAlert } from "lucide";
import { Button } from "#ui/kit/button.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { Words } from "#ui/kit/words.tsx";

interface RowFailureProps {
  readonly id: string;
  /** The text of the button, which runs `onRemedy`. */
  readonly remedy: string;
  readonly onRemedy: () => void;
  readonly children: string;
}

/** The message under a task: what was not done, and why. */
export function RowFailure({ id, remedy, onRemedy, children }: RowFailureProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 pb-2 text-meta">
      <p id={id} className="flex items-start gap-1.5 text-danger">
        <Icon of={CircleAlert} size={14} className="mt-0.5 shrink-0" />
        <Words>{children}</Words>
      </p>
      <Button size="small" onClick={onRemedy}>
        {remedy}
      </Button>
    </div>
  );
}
