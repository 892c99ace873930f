import { limits } from "@tend/contracts/limits";
import { CircleAlert, CloudOff, LogIn } from "lucide";
import { useRef } from "react";
import { withNext } from "#ui/api/sign-in-link.ts";
import { useOnline } from "#ui/device/use-online.ts";
import { Button, buttonClass } from "#ui/kit/button.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { part } from "#ui/kit/part.ts";
import { useLoaded } from "#ui/kit/use-loaded.ts";
import { Banner } from "./banner.tsx";

/** Loads what few ever see, while there is a network. */
const loadRare = part(() => import("./rare-banners.tsx"));

interface BannersProps {
  /** Whether something that was typed is stored nowhere. */
  readonly losing: boolean;
  /** Whether the device keeps the tasks. */
  readonly keeps: boolean;
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
  /** Sends and reads now, whatever the browser says of the network. */
  readonly onTryNow: () => void;
}

/**
 * A notice of what keeps the list and the server apart, or the device from keeping it: one at a
 * time, what is the most urgent first.
 */
export function Banners(props: BannersProps) {
  const { losing, keeps, signedOut, reached, unsent, deleting, loadFailure, next } = props;
  const online = useOnline();
  const shown = useMostDeletions(deleting);
  const areMany = shown > limits.batch;
  const rare = useLoaded(areMany || !keeps, loadRare);
  return (
    // A wide screen keeps a place for the notice, so that nothing moves when it comes and goes.
    <div role="status" className="items-center print:hidden sm:flex sm:min-h-16">
      {losing ? (
        <Banner icon={<Icon of={CircleAlert} size={16} />}>
          This browser has no room for what you typed. Leave this page open until it is saved.
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
          {unsent > 0
            ? `You are signed out. Sign in to send ${unsent === 1 ? "1 change" : `${unsent} changes`}; what you typed is kept here.`
            : "You are signed out. Sign in to go on; what you typed is kept here."}
        </Banner>
      ) : !online && !reached ? (
        <Banner
          icon={<Icon of={CloudOff} size={16} />}
          action={
            <Button size="small" onClick={props.onTryNow}>
              Try now
            </Button>
          }
        >
          Offline. Changes will be sent when you reconnect.
        </Banner>
      ) : rare.is === "loaded" && areMany ? (
        <rare.part.DeletionProgress total={shown} left={deleting} onStop={props.onStopDeleting} />
      ) : loadFailure ? (
        <Banner
          icon={<Icon of={CircleAlert} size={16} />}
          action={
            <Button size="small" onClick={props.onTryNow}>
              Retry
            </Button>
          }
        >
          {`The list may be incomplete. ${loadFailure}`}
        </Banner>
      ) : rare.is === "loaded" && !keeps ? (
        <rare.part.NothingKept />
      ) : null}
    </div>
  );
}

/** How many tasks were to be deleted when the deletion under way began; 0 where none is. */
function useMostDeletions(left: number): number {
  const most = useRef(0);
  most.current = left === 0 ? 0 : Math.max(most.current, left);
  return most.current;
}
