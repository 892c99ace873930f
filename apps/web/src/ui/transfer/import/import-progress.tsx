import { useEffect, useState } from "react";
import { readFailure } from "#ui/api/failure.ts";
import { signInAgain } from "#ui/api/page-client.ts";
import { Button } from "#ui/kit/button.tsx";
import { FieldError } from "#ui/kit/field.tsx";
import { Reload } from "#ui/kit/not-loaded.tsx";
import { ProgressBar } from "#ui/kit/progress-bar.tsx";
import { useFocusHere } from "#ui/kit/use-focus-here.ts";
import { countOfTasks } from "#ui/tasks/model/task-list.ts";
import { ImportColumns } from "./import-columns.tsx";
import { ImportPreview } from "./import-preview.tsx";
import { ImportReport } from "./import-report.tsx";
import { endWords, failedWords, notImported, pauseWords } from "./import-words.ts";
import { useImport } from "./use-import.ts";

interface ImportProgressProps {
  readonly userId: string;
  readonly file: File;
  readonly onBusy: (busy: boolean) => void;
}

/** One import: reads the file and the account's tasks, shows a preview, and sends the tasks. */
export function ImportProgress({ userId, file, onBusy }: ImportProgressProps) {
  const { state, said, cancel, readWith, readAgain, send, resume } = useImport(
    userId,
    file,
    onBusy,
  );
  const part = useFocusHere<HTMLDivElement>(state.is);

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
          <Button onClick={cancel}>Cancel</Button>
        </>
      )}
      {state.is === "cancelled" && <p className="text-meta text-muted">{notImported}</p>}
      {state.is === "unreadable" && <FieldError>{state.reason}</FieldError>}
      {state.is === "unknown columns" && (
        <ImportColumns columns={state.columns} onChoose={readWith} />
      )}
      {state.is === "failed" && (
        <>
          <FieldError>{failedWords(state.error)}</FieldError>
          <GoOn error={state.error} label="Try again" onGoOn={readAgain} />
        </>
      )}
      {state.is === "checked" && (
        <ImportPreview
          checked={state.checked}
          plan={state.plan}
          onImport={(replace) => send(state.plan, replace)}
        />
      )}
      {state.is === "sending" && (
        <>
          <p className="text-meta tabular-nums">
            {`Imported ${state.through.toLocaleString("en")} of ${state.run.total.toLocaleString("en")}`}
          </p>
          <ProgressBar label="Tasks imported" value={state.through} max={state.run.total} />
          <Button aria-disabled={state.stopping} onClick={cancel}>
            {state.stopping ? "Stopping" : "Cancel"}
          </Button>
        </>
      )}
      {state.is === "paused" && (
        <>
          <FieldError>{pauseWords(state.run, state.error)}</FieldError>
          <GoOn error={state.error} label="Continue" onGoOn={() => resume(state.run)} />
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
