import { limits } from "@tend/contracts/limits";
import { CircleAlert, CloudOff, LogIn } from "lucide";
import { withNext } from "#ui/api/sign-in-link.ts";
import { useOnline } from "#ui/device/use-online.ts";
import { Button, buttonClass } from "#ui/kit/button.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { Banner } from "./banner.tsx";
import { DeletionProgress, useMostDeletions } from "./deletion-progress.tsx";

interface BannersProps {
  readonly signedOut: boolean;
  /** Whether the server answers although the browser says that there is no network. */
  readonly reached: boolean;
  /** The number of changes that the server does not have. */
  readonly unsent: number;
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
  const { signedOut, reached, unsent, deleting, loadFailure, next } = props;
  const online = useOnline();
  const shown = useMostDeletions(deleting);
  return (
    // A wide screen keeps a place for the notice, so that nothing moves when it comes and goes.
    <div role="status" className="items-center print:hidden sm:flex sm:min-h-16">
      {signedOut ? (
        <Banner
          icon={<Icon of={LogIn} size={16} />}
          action={
            // A full page load clears the memory of this page, since somebody else may sign in.
            <a href={withNext("/sign-in", next)} className={buttonClass("secondary", "small")}>
              Sign in
            </a>
          }
        >
          {unsent > 0
            ? `You are signed out. Sign in to send ${unsent === 1 ? "1 change" : `${unsent} changes`}; what you typed is kept here.`
            : "You are signed out. Sign in to go on; what you typed is kept here."}
        </Banner>
      ) : !online && !reached ? (
        <Banner icon={<Icon of={CloudOff} size={16} />}>
          Offline. Changes will be sent when you reconnect.
        </Banner>
      ) : shown > limits.batch ? (
        <DeletionProgress total={shown} left={deleting} onStop={props.onStopDeleting} />
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
