import type { Task } from "@tend/contracts";
import { useEffect, useRef, useState } from "react";
import { taskPages } from "#ui/api/task-pages.ts";
import { createUserClient, importTimeoutMs } from "#ui/api/user-client.ts";
import { useAnnouncer } from "#ui/kit/use-announcer.ts";
import { localDay } from "#ui/time/day-label.ts";
import type { ColumnChoice } from "./formats/table-columns.ts";
import type { Checked } from "./import-check.ts";
import { type TableColumn, UnknownColumns, UnreadableFile } from "./import-draft.ts";
import { readImportFile } from "./import-file.ts";
import { jobsOf, type Plan, planImport } from "./import-plan.ts";
import { ImportRun } from "./import-run.ts";
import { checkedWords, endWords, failedWords, notImported, pauseWords } from "./import-words.ts";

export type ImportState =
  | { is: "reading"; count: number }
  | { is: "cancelled" }
  | { is: "unreadable"; reason: string }
  | { is: "unknown columns"; columns: readonly TableColumn[] }
  | { is: "failed"; error: unknown }
  | { is: "checked"; checked: Checked; plan: Plan }
  | { is: "sending"; run: ImportRun; through: number; stopping: boolean }
  | { is: "paused"; run: ImportRun; error: unknown }
  | { is: "ended"; run: ImportRun };

interface Import {
  readonly state: ImportState;
  /** The words for a screen reader. */
  readonly said: string;
  /** Ends the reading, or the sending after the batch under way. */
  readonly cancel: () => void;
  readonly readWith: (choice: ColumnChoice) => void;
  readonly readAgain: () => void;
  /** Sends what the plan says; `replace`: the tasks that differ are replaced, too. */
  readonly send: (plan: Plan, replace: boolean) => void;
  /** Goes on with an import that was interrupted. */
  readonly resume: (run: ImportRun) => void;
}

/** One import from the choice of its file on: what it has come to, and what can be done. */
export function useImport(userId: string, file: File, onBusy: (busy: boolean) => void): Import {
  const [state, setState] = useState<ImportState>({ is: "reading", count: 0 });
  /** A new object makes the file be read once more, with the columns that were chosen. */
  const [reading, setReading] = useState<{ readonly choice?: ColumnChoice }>({});
  const [api] = useState(() => createUserClient(userId, { writeTimeoutMs: importTimeoutMs }));
  const [said, announce] = useAnnouncer();
  const cancel = useRef<() => void>(undefined);

  useEffect(() => {
    let isGone = false;
    const controller = new AbortController();
    cancel.current = () => controller.abort();
    const show = (next: ImportState, words?: string) => {
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

  const readAnew = (next: typeof reading) => {
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

  const start = async (run: ImportRun) => {
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

  return {
    state,
    said,
    cancel: () => cancel.current?.(),
    readWith: (choice) => readAnew({ choice }),
    readAgain: () => readAnew({ ...reading }),
    send: (plan, replace) => void start(new ImportRun(api, jobsOf(plan, replace))),
    resume: (run) => void start(run),
  };
}
