import {
  countOf,
  draftWords,
  someOf,
  undatedWords,
  type Words,
} from "#ui/transfer/import/formats/remarks.ts";

type Kind = "undated" | "today" | "year" | "header" | "attachment" | "empty section";

export const todoistWords = (today: string): Words<Kind | keyof typeof draftWords> => ({
  undated: undatedWords,
  today: (dates) =>
    `${countOf(dates, "date counts", "dates count")} from the day of the export, which the file does not name: ${someOf(dates)}. Here today, ${today}, is taken for it, and the words are kept in the notes.`,
  year: (dates) =>
    `${countOf(dates, "date names", "dates name")} no year: ${someOf(dates)}. Here ${today.slice(0, 4)} is taken for it, and the words are kept in the notes.`,
  header: (at) =>
    `${countOf(at, "task has", "tasks have")} no box to tick in Todoist, by an asterisk, and will have one here: ${someOf(at)}.`,
  attachment: (at) =>
    `${countOf(at, "attachment is", "attachments are")} kept in the notes by name and address; the files themselves stay with Todoist: ${someOf(at)}.`,
  "empty section": (names) => `Left out, since no task is in them: ${someOf(names)}.`,
  ...draftWords,
});
