import type { Task } from "@tend/contracts";
import { useEffect, useRef, useState } from "react";
import { readFailure, reasonOf } from "#ui/api/failure.ts";
import { signInAgain } from "#ui/api/page-client.ts";
import { taskPages } from "#ui/api/task-pages.ts";
import { createUserClient, transferTimeoutMs } from "#ui/api/user-client.ts";
import { Button } from "#ui/kit/button.tsx";
import { FieldError } from "#ui/kit/field.tsx";
import { Reload } from "#ui/kit/not-loaded.tsx";
import { ProgressBar } from "#ui/kit/progress-bar.tsx";
import { useAnnouncer } from "#ui/kit/use-announcer.ts";
import { useFocusHere } from "#ui/kit/use-focus-here.ts";
import { countOfTasks } from "#ui/tasks/model/task-list.ts";
import { localDay } from "#ui/time/day-label.ts";
import type { ColumnChoice } from "./formats/table-columns.ts";
import type { Checked } from "./import-check.ts";
import { ImportColumns } from "./import-columns.tsx";
import { type TableColumn, UnknownColumns, UnreadableFile } from "./import-draft.ts";
import { readImportFile } from "./import-file.ts";
import { jobsOf, type Plan, planImport } from "./import-plan.ts";
import { ImportPreview } from "./import-preview.tsx";
import { ImportReport } from "./import-report.tsx";
import { ImportRun } from "./import-run.ts";

interface ImportProgressProps {
  readonly userId: string;
  readonly file: File;
  readonly onBusy: (busy: boolean) => void;
}

type State =
  | { is: "reading"; count: number }
  | { is: "cancelled" }
  | { is: "unreadable"; reason: string }
  | { is: "unknown columns"; columns: readonly TableColumn[] }
  | { is: "failed"; error: unknown }
  | { is: "checked"; checked: Checked; plan: Plan }
  | { is: "sending"; run: ImportRun; through: number; stopping: boolean }
  | { is: "paused"; run: ImportRun; error: unknown }
  | { is: "ended"; run: ImportRun };

/** One import: reads the file and the account's tasks, shows a preview, and sends the tasks. */
export function ImportProgress({ userId, file, onBusy }: ImportProgressProps) {
  const [state, setState] = useState<State>({ is: "reading", count: 0 });
  /** A new object makes the file be read once more, with the columns that were chosen. */
  const [reading, setReading] = useState<{ readonly choice?: ColumnChoice }>({});
  const [api] = useState(() => createUserClient(userId, transferTimeoutMs));
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
    const { choice } = reading;
    const read = async () => {
      try {
        announce(`Checking ${file.name}`);
        const checked = await readImportFile(file, localDay(new Date()), choice);
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
        else if (error instanceof UnknownColumns) {
          show({ is: "unknown columns", columns: error.columns }, "Choose which column is what");
        } else if (error instanceof UnreadableFile) {
          show({ is: "unreadable", reason: error.message }, error.message);
        } else show({ is: "failed", error }, failedWords(error));
      }
    };
    void read();
    return () => {
      isGone = true;
      controller.abort();
    };
  }, [file, reading, api, announce]);

  const readWith = (next: typeof reading) => {
    setState({ is: "reading", count: 0 });
    setReading(next);
  };

  const isSending = state.is === "sending";
  useEffect(() => {
    if (!isSending) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [isSending]);

  const under = useRef<ImportRun>(undefined);
  // Leaving the page ends the import, since its report would not be seen.
  useEffect(() => () => under.current?.stop(), []);

  const send = async (run: ImportRun) => {
    under.current = run;
    onBusy(true);
    const show = (stopping: boolean) =>
      setState({ is: "sending", run, through: run.through, stopping });
    cancel.current = () => {
      run.stop();
      show(true);
    };
    show(false);
    announce("Importing");
    try {
      await run.start(() => show(run.isStopped));
      setState({ is: "ended", run });
      announce(endWords(run));
    } catch (error) {
      setState({ is: "paused", run, error });
      announce(pauseWords(run, error));
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
      {state.is === "unknown columns" && (
        <ImportColumns columns={state.columns} onChoose={(choice) => readWith({ choice })} />
      )}
      {state.is === "failed" && (
        <>
          <FieldError>{failedWords(state.error)}</FieldError>
          <GoOn error={state.error} label="Try again" onGoOn={() => readWith({ ...reading })} />
        </>
      )}
      {state.is === "checked" && (
        <ImportPreview
          checked={state.checked}
          plan={state.plan}
          onImport={(replace) => void send(new ImportRun(api, jobsOf(state.plan, replace)))}
        />
      )}
      {state.is === "sending" && (
        <>
          <p className="text-meta tabular-nums">
            {`Imported ${state.through.toLocaleString("en")} of ${state.run.total.toLocaleString("en")}`}
          </p>
          <ProgressBar label="Tasks imported" value={state.through} max={state.run.total} />
          <Button aria-disabled={state.stopping} onClick={() => cancel.current?.()}>
            {state.stopping ? "Stopping" : "Cancel"}
          </Button>
        </>
      )}
      {state.is === "paused" && (
        <>
          <FieldError>{pauseWords(state.run, state.error)}</FieldError>
          <GoOn error={state.error} label="Continue" onGoOn={() => void send(state.run)} />
          <ImportReport refusals={state.run.refusals} />
        </>
      )}
      {state.is === "ended" && (
        <>
          <p className="text-meta">{endWords(state.run)}</p>
          <ImportReport refusals={state.run.refusals} />
        </>
      )}
      <p role="status" className="sr-only">
        {said}
      </p>
    </div>
  );
}

/** The button that goes on after an error, enabled once the server's Retry-After has passed. */
function GoOn({ error, label, onGoOn }: { error: unknown; label: string; onGoOn: () => void }) {
  const failure = readFailure(error);
  const wait = failure.is === "trouble" ? failure.retryAfter : 0;
  const [open, setOpen] = useState(wait === 0);
  useEffect(() => {
    const timer = setTimeout(() => setOpen(true), wait * 1000);
    return () => clearTimeout(timer);
  }, [wait]);
  if (failure.is === "broken") return <Reload />;
  if (failure.is === "signed out") return <Button onClick={signInAgain}>Sign in again</Button>;
  return (
    <Button aria-disabled={!open} onClick={() => open && onGoOn()}>
      {label}
    </Button>
  );
}

const notImported = "Cancelled. Nothing was imported.";

/** The advice on a failure. */
const adviceOf = (error: unknown, goOn: string): string => {
  const failure = readFailure(error);
  if (failure.is === "broken") return "Then choose the same file.";
  if (failure.is === "signed out") return "Sign in again and choose the same file.";
  const wait = failure.is === "trouble" ? failure.retryAfter : 0;
  return wait > 0 ? `${goOn} in ${wait} ${wait === 1 ? "second" : "seconds"}.` : `${goOn}.`;
};

const failedWords = (error: unknown): string =>
  `Nothing was imported. ${reasonOf(error)} ${adviceOf(error, "You can try again")}`;

const checkedWords = ({ faults }: Checked, { fresh }: Plan): string =>
  `Checked. ${fresh.length.toLocaleString("en")} new, ${faults.length.toLocaleString("en")} cannot be taken.`;

const importedWords = ({ imported, total }: ImportRun): string =>
  `Imported ${imported.toLocaleString("en")} of ${countOfTasks(total)}.`;

const pauseWords = (run: ImportRun, error: unknown): string =>
  `${importedWords(run)} ${reasonOf(error)} ${adviceOf(error, "You can continue")}`;

const endWords = (run: ImportRun): string =>
  run.through < run.total
    ? `Stopped. ${importedWords(run)} To go on later, import the same file again: what is there already is not made twice.`
    : importedWords(run);
