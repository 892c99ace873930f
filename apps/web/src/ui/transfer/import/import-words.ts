import { readFailure, reasonOf } from "#ui/api/failure.ts";
import { countOfTasks } from "#ui/tasks/model/task-list.ts";
import type { Checked } from "./import-check.ts";
import type { Plan } from "./import-plan.ts";
import type { ImportRun } from "./import-run.ts";

export const notImported = "Cancelled. Nothing was imported.";

/** The advice on a failure. */
const adviceOf = (error: unknown, goOn: string): string => {
  const failure = readFailure(error);
  if (failure.is === "broken") return "Then choose the same file.";
  if (failure.is === "signed out") return "Sign in again and choose the same file.";
  const wait = failure.is === "trouble" ? failure.retryAfter : 0;
  return wait > 0 ? `${goOn} in ${wait} ${wait === 1 ? "second" : "seconds"}.` : `${goOn}.`;
};

export const failedWords = (error: unknown): string =>
  `Nothing was imported. ${reasonOf(error)} ${adviceOf(error, "You can try again")}`;

export const checkedWords = ({ faults }: Checked, { fresh }: Plan): string =>
  `Checked. ${fresh.length.toLocaleString("en")} new, ${faults.length.toLocaleString("en")} cannot be taken.`;

const importedWords = ({ imported, total }: ImportRun): string =>
  `Imported ${imported.toLocaleString("en")} of ${countOfTasks(total)}.`;

export const pauseWords = (run: ImportRun, error: unknown): string =>
  `${importedWords(run)} ${reasonOf(error)} ${adviceOf(error, "You can continue")}`;

export const endWords = (run: ImportRun): string =>
  run.through < run.total
    ? `Stopped. ${importedWords(run)} To go on later, import the same file again: what is there already is not made twice.`
    : importedWords(run);
