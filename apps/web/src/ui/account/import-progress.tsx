import type { Task } from "@tend/contracts";
import { useEffect, useRef, useState } from "react";
import { signInAgain } from "#ui/api.ts";
import { Button } from "#ui/button.tsx";
import { FieldError } from "#ui/field.tsx";
import { Reload } from "#ui/kit/not-loaded.tsx";
import { PartMissing } from "#ui/kit/part.ts";
import { ProgressBar } from "#ui/progress-bar.tsx";
import { localDay } from "#ui/tasks/due-date.ts";
import { readFailure, reasonOf } from "#ui/tasks/failure.ts";
import { countOfTasks } from "#ui/tasks/task-list.ts";
import { useAnnouncer } from "#ui/tasks/use-announcer.ts";
import type { Checked } from "#ui/transfer/import-check.ts";
import { UnreadableFile } from "#ui/transfer/import-draft.ts";
import { readImportFile } from "#ui/transfer/import-file.ts";
import { jobsOf, type Plan, planImport } from "#ui/transfer/import-plan.ts";
import { Sending } from "#ui/transfer/sending.ts";
import { taskPages } from "#ui/transfer/task-pages.ts";
import { createTransferApi } from "#ui/transfer/transfer-api.ts";
import { ImportPlan } from "./import-plan.tsx";
import { ImportReport } from "./import-report.tsx";
import { useFocusHere } from "./use-focus-here.ts";

interface ImportProgressProps {
  readonly userId: string;
  readonly file: File;
  readonly onBusy: (busy: boolean) => void;
  readonly onAgain: () => void;
}

type State =
  | { is: "reading"; count: number }
  | { is: "cancelled" }
  | { is: "unreadable"; reason: string }
  | { is: "failed"; error: unknown }
  | { is: "checked"; checked: Checked; plan: Plan }
  | { is: "sending"; sending: Sending; through: number; stopping: boolean }
  | { is: "paused"; sending: Sending; error: unknown }
  | { is: "ended"; sending: Sending };

/** One import: reads the file and what is there, shows what would be done, and does it. */
export function ImportProgress({ userId, file, onBusy, onAgain }: ImportProgressProps) {
  const [state, setState] = useState<State>({ is: "reading", count: 0 });
  const [api] = useState(() => createTransferApi(userId));
  const [said, announce] = useAnnouncer();
  const cancel = useRef<() => void>(undefined);
  const part = useFocusHere<HTMLDivElement>(state.is);

  useEffect(() => {
    let isGone = false;
    const controller = new AbortController();
    cancel.current = () => controller.abort();
    const show = (next: State, words?: string) => {
      if (isGone) return;
      setState(next);
      if (words !== undefined) announce(words);
    };
    const read = async () => {
      try {
        announce(`Checking ${file.name}`);
        const checked = await readImportFile(file, localDay(new Date()));
        const tasks: Task[] = [];
        for await (const page of taskPages(api, true, controller.signal)) {
          tasks.push(...page);
          show({ is: "reading", count: tasks.length });
        }
        controller.signal.throwIfAborted();
        const plan = planImport(checked.entries, tasks);
        show({ is: "checked", checked, plan }, checkedWords(checked, plan));
      } catch (error) {
        if (controller.signal.aborted) show({ is: "cancelled" }, notImported);
        else if (error instanceof UnreadableFile) {
          show({ is: "unreadable", reason: error.message }, error.message);
        } else show({ is: "failed", error }, failedWords(error));
      }
    };
    void read();
    return () => {
      isGone = true;
      controller.abort();
    };
  }, [file, api, announce]);

  const isSending = state.is === "sending";
  useEffect(() => {
    if (!isSending) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [isSending]);

  const under = useRef<Sending>(undefined);
  // Who leaves sees no report any more, so nothing more is sent.
  useEffect(() => () => under.current?.stop(), []);

  const send = async (sending: Sending) => {
    under.current = sending;
    onBusy(true);
    const show = (stopping: boolean) =>
      setState({ is: "sending", sending, through: sending.through, stopping });
    cancel.current = () => {
      sending.stop();
      show(true);
    };
    show(false);
    announce("Importing");
    try {
      await sending.run(() => show(sending.isStopped));
      setState({ is: "ended", sending });
      announce(endWords(sending));
    } catch (error) {
      setState({ is: "paused", sending, error });
      announce(pauseWords(sending, error));
    }
    onBusy(false);
  };

  return (
    <div ref={part} tabIndex={-1} className="grid min-w-0 justify-items-start gap-3 outline-none">
      <p translate="no" className="max-w-full break-words font-medium">
        {file.name}
      </p>
      {state.is === "reading" && (
        <>
          <p className="text-meta tabular-nums">
            {`Comparing with what is there: read ${countOfTasks(state.count)}`}
          </p>
          <Button onClick={() => cancel.current?.()}>Cancel</Button>
        </>
      )}
      {state.is === "cancelled" && <p className="text-meta text-muted">{notImported}</p>}
      {state.is === "unreadable" && <FieldError>{state.reason}</FieldError>}
      {state.is === "failed" && (
        <>
          <FieldError>{failedWords(state.error)}</FieldError>
          <GoOn error={state.error} label="Try again" onGoOn={onAgain} />
        </>
      )}
      {state.is === "checked" && (
        <ImportPlan
          checked={state.checked}
          plan={state.plan}
          onImport={(replace) => void send(new Sending(api, jobsOf(state.plan, replace)))}
        />
      )}
      {state.is === "sending" && (
        <>
          <p className="text-meta tabular-nums">
            {`Imported ${state.through.toLocaleString("en")} of ${state.sending.total.toLocaleString("en")}`}
          </p>
          <ProgressBar label="Tasks imported" value={state.through} max={state.sending.total} />
          <Button aria-disabled={state.stopping} onClick={() => cancel.current?.()}>
            {state.stopping ? "Stopping" : "Cancel"}
          </Button>
        </>
      )}
      {state.is === "paused" && (
        <>
          <FieldError>{pauseWords(state.sending, state.error)}</FieldError>
          <GoOn error={state.error} label="Continue" onGoOn={() => void send(state.sending)} />
          <ImportReport refusals={state.sending.refusals} />
        </>
      )}
      {state.is === "ended" && (
        <>
          <p className="text-meta">{endWords(state.sending)}</p>
          <ImportReport refusals={state.sending.refusals} />
        </>
      )}
      <p role="status" className="sr-only">
        {said}
      </p>
    </div>
  );
}

/** The way on after trouble, open once the server's Retry-After has passed. */
function GoOn({ error, label, onGoOn }: { error: unknown; label: string; onGoOn: () => void }) {
  const failure = readFailure(error);
  const wait = failure.is === "trouble" ? failure.retryAfter : 0;
  const [open, setOpen] = useState(wait === 0);
  useEffect(() => {
    const timer = setTimeout(() => setOpen(true), wait * 1000);
    return () => clearTimeout(timer);
  }, [wait]);
  if (error instanceof PartMissing) return <Reload />;
  if (failure.is === "signed out") return <Button onClick={signInAgain}>Sign in again</Button>;
  return (
    <Button aria-disabled={!open} onClick={() => open && onGoOn()}>
      {label}
    </Button>
  );
}

const notImported = "Cancelled. Nothing was imported.";

/** What can be done about a failure, as far as it says so. */
const adviceOf = (error: unknown, goOn: string): string => {
  if (error instanceof PartMissing) return "Then choose the same file.";
  const failure = readFailure(error);
  if (failure.is === "signed out") return "Sign in again and choose the same file.";
  const wait = failure.is === "trouble" ? failure.retryAfter : 0;
  return wait > 0 ? `${goOn} in ${wait} ${wait === 1 ? "second" : "seconds"}.` : `${goOn}.`;
};

const failedWords = (error: unknown): string =>
  `Nothing was imported. ${reasonOf(error)} ${adviceOf(error, "You can try again")}`;

const checkedWords = ({ faults }: Checked, { fresh }: Plan): string =>
  `Checked. ${fresh.length.toLocaleString("en")} new, ${faults.length.toLocaleString("en")} cannot be taken.`;

const importedWords = ({ imported, total }: Sending): string =>
  `Imported ${imported.toLocaleString("en")} of ${countOfTasks(total)}.`;

const pauseWords = (sending: Sending, error: unknown): string =>
  `${importedWords(sending)} ${reasonOf(error)} ${adviceOf(error, "You can continue")}`;

const endWords = (sending: Sending): string =>
  sending.through < sending.total
    ? `Stopped. ${importedWords(sending)} To go on later, import the same file again: what is there already is not made twice.`
    : importedWords(sending);
