import { limits } from "@tend/contracts/limits";
import { CircleAlert, CloudOff, LogIn, Trash2 } from "lucide";
import { type ReactNode, useRef } from "react";
import { withNext } from "#ui/api/sign-in-link.ts";
import { useOnline } from "#ui/device/use-online.ts";
import { Button, buttonClass } from "#ui/kit/button.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { ProgressBar } from "#ui/kit/progress-bar.tsx";
import { Words } from "#ui/kit/words.tsx";
import { countOfTasks } from "#ui/tasks/model/task-list.ts";

interface BannersProps {
  readonly signedOut: boolean;
  readonly hasUnsent: boolean;
  /** The number of tasks that are being deleted. */
  readonly deleting: number;
  readonly onStopDeleting: () => void;
  readonly loadFailure: string | undefined;
  /** The address to go to after signing in. */
  readonly next: string;
  readonly onReload: () => void;
}

/** A notice of what keeps the list and the server apart: one at a time, the first cause first. */
export function Banners(props: BannersProps) {
  const { signedOut, hasUnsent, deleting, loadFailure, next } = props;
  const online = useOnline();
  const most = useRef(0);
  most.current = deleting === 0 ? 0 : Math.max(most.current, deleting);
  return (
    // A wide screen keeps a place for the notice, so that nothing moves when it comes and goes.
    <div role="status" className="items-center print:hidden sm:flex sm:min-h-16">
      {!online ? (
        <Banner icon={<Icon of={CloudOff} size={16} />}>
          Offline. Changes will be sent when you reconnect.
        </Banner>
      ) : signedOut ? (
        <Banner
          icon={<Icon of={LogIn} size={16} />}
          action={
            // A full page load clears the memory of this page, since somebody else may sign in.
            <a href={withNext("/sign-in", next)} className={buttonClass("secondary", "small")}>
              Sign in
            </a>
          }
        >
          {hasUnsent
            ? "You are signed out. Sign in to send your changes; they are kept here."
            : "You are signed out. Sign in to go on."}
        </Banner>
      ) : most.current > limits.batch ? (
        <Banner
          icon={<Icon of={Trash2} size={16} />}
          action={
            <Button size="small" onClick={props.onStopDeleting}>
              Stop
            </Button>
          }
        >
          <Words>{`Deleting ${countOfTasks(most.current)} `}</Words>
          <span className="ml-2 inline-block w-32">
            <ProgressBar label="Tasks deleted" max={most.current} value={most.current - deleting} />
          </span>
        </Banner>
      ) : loadFailure ? (
        <Banner
          icon={<Icon of={CircleAlert} size={16} />}
          action={
            <Button size="small" onClick={props.onReload}>
              Retry
            </Button>
          }
        >
          {`The list may be incomplete. ${loadFailure}`}
        </Banner>
      ) : null}
    </div>
  );
}

function Banner({
  icon,
  action,
  children,
}: {
  icon: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="flex min-h-11 w-full flex-wrap max-sm:mb-2 items-center gap-x-3 gap-y-2 rounded-control border border-divider bg-surface px-3 py-1.5">
      <span className="text-warn">{icon}</span>
      <p className="min-w-0 flex-1 basis-48">
        <Words>{children}</Words>
      </p>
      {action}
    </div>
  );
}
