import { Check } from "lucide";
import { useEffect, useRef, useState } from "react";
import { type Failure, readFailure, reasonOf } from "#ui/api/failure.ts";
import { signInAgain } from "#ui/api/page-client.ts";
import { createUserClient } from "#ui/api/user-client.ts";
import { browserStorage } from "#ui/device/storage.ts";
import { Button } from "#ui/kit/button.tsx";
import { FieldError } from "#ui/kit/field.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { Reload } from "#ui/kit/not-loaded.tsx";
import { ProgressBar } from "#ui/kit/progress-bar.tsx";
import { useAnnouncer } from "#ui/kit/use-announcer.ts";
import { useFocusHere } from "#ui/kit/use-focus-here.ts";
import { Words } from "#ui/kit/words.tsx";
import { countOfTasks } from "#ui/tasks/model/task-list.ts";
import { unsavedOn } from "#ui/tasks/sync/wipe.ts";
import { localDay } from "#ui/time/day-label.ts";
import { type ExportKind, exportTasks } from "./export-tasks.ts";
import { saveFile } from "./save-file.ts";

interface ExportProgressProps {
  readonly userId: string;
  readonly kind: ExportKind;
  /** The number of tasks outside the trash when the page was rendered. */
  readonly total: number;
  readonly onAgain: () => void;
}

type State =
  | { is: "reading"; count: number }
  | { is: "saved"; name: string; count: number }
  | { is: "empty"; kind: ExportKind }
  | { is: "cancelled" }
  | { is: "failed"; error: unknown };

/** One export, from its click to its file. */
export function ExportProgress(props: ExportProgressProps) {
  const { userId, kind, total, onAgain } = props;
  const [state, setState] = useState<State>({ is: "reading", count: 0 });
  const [said, announce] = useAnnouncer();
  const cancel = useRef<() => void>(undefined);
  const part = useFocusHere<HTMLDivElement>(state.is);

  useEffect(() => {
    let isGone = false;
    const controller = new AbortController();
    cancel.current = () => controller.abort();
    const show = (next: State) => {
      if (isGone) return;
      setState(next);
      if (next.is !== "reading") announce(wordsOf(next));
    };
    const run = async () => {
      announce("Reading your tasks");
      const { signal } = controller;
      const onRead = (count: number) => show({ is: "reading", count });
      try {
        const api = createUserClient(userId);
        const made = await exportTasks(api, kind, signal, onRead);
        const name = `tend-${localDay(new Date())}.${made.ending}`;
        if (isGone) return;
        if (!made.blob) return show({ is: "empty", kind });
        saveFile(made.blob, name);
        show({ is: "saved", name, count: made.count });
      } catch (error) {
        show(signal.aborted ? { is: "cancelled" } : { is: "failed", error });
      }
    };
    void run();
    return () => {
      isGone = true;
      controller.abort();
    };
  }, [userId, kind, announce]);

  return (
    <div ref={part} tabIndex={-1} className="grid justify-items-start gap-3 outline-none">
      {state.is === "reading" && (
        <>
          <Reading count={state.count} total={total} />
          <Button onClick={() => cancel.current?.()}>Cancel</Button>
        </>
      )}
      {state.is === "saved" && (
        <>
          <p className="flex gap-1.5 text-meta text-success">
            <Icon of={Check} size={14} className="mt-0.5 shrink-0" />
            <Words>{wordsOf(state)}</Words>
          </p>
          <Unsent userId={userId} />
        </>
      )}
      {(state.is === "cancelled" || state.is === "empty") && (
        <p className="text-meta text-muted">{wordsOf(state)}</p>
      )}
      {state.is === "empty" && <Unsent userId={userId} />}
      {state.is === "failed" && (
        <>
          <FieldError>{wordsOf(state)}</FieldError>
          <GoOn is={readFailure(state.error).is} onAgain={onAgain} />
        </>
      )}
      <p role="status" className="sr-only">
        {said}
      </p>
    </div>
  );
}

/** The button that helps after a failure of this kind. */
function GoOn({ is, onAgain }: { is: Failure["is"]; onAgain: () => void }) {
  if (is === "broken") return <Reload />;
  if (is === "signed out") return <Button onClick={signInAgain}>Sign in again</Button>;
  return <Button onClick={onAgain}>Try again</Button>;
}

/** The progress of reading. Its end is unknown where there are more tasks than `total`. */
function Reading({ count, total }: { count: number; total: number }) {
  const isKnown = count <= total && total > 0;
  const read = count.toLocaleString("en");
  return (
    <div className="grid w-full gap-1">
      <p className="text-meta tabular-nums">
        {isKnown ? `Read ${read} of ${countOfTasks(total)}` : `Read ${countOfTasks(count)}`}
      </p>
      {isKnown && <ProgressBar label="Tasks read" value={count} max={total} />}
    </div>
  );
}

/** The notice of changes on this device alone, which cannot be in the file. */
function Unsent({ userId }: { userId: string }) {
  const [count, setCount] = useState(0);
  useEffect(() => {
    unsavedOn(browserStorage(), userId).then((unsaved) => setCount(unsaved.mutations));
  }, [userId]);
  if (count === 0) return null;
  const what = count === 1 ? "1 change" : `${count} changes`;
  return (
    <p className="text-meta text-warn">
      {`${what} on this device could not be sent yet and may be missing here. Go to your tasks to send them, and export again.`}
    </p>
  );
}

function wordsOf(state: Exclude<State, { is: "reading" }>): string {
  switch (state.is) {
    case "saved":
      return `Saved ${countOfTasks(state.count)} as ${state.name}`;
    case "empty":
      return state.kind === "ics"
        ? "There is nothing to export: you have no tasks outside the trash. Nothing was saved."
        : "There is nothing to export: you have no tasks yet. Nothing was saved.";
    case "cancelled":
      return "Cancelled. Nothing was saved.";
    case "failed":
      return `Nothing was saved. ${reasonWithWait(state.error)}`;
  }
}

function reasonWithWait(error: unknown): string {
  const failure = readFailure(error);
  return failure.is === "trouble" && failure.retryAfter > 0
    ? `${failure.reason} Try again in ${failure.retryAfter} seconds.`
    : reasonOf(error);
}
