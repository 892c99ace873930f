/** What a file says of one task, before anything of it is checked. */
export interface Draft {
  /** Where in the file: "Line 12" or "Task 12". */
  readonly place: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Whether it lies in the trash. */
  readonly trashed: boolean;
}

/** What of a file cannot be taken, and why. */
export interface FileFault {
  readonly place: string;
  readonly reason: string;
}

/** What a file holds. */
export interface FileContent {
  readonly drafts: readonly Draft[];
  readonly faults: readonly FileFault[];
  /** What is taken otherwise than it stands in the file, in sentences. */
  readonly remarks: readonly string[];
}

/** The whole file cannot be taken; the message says why and what to do. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
}

export interface TableColumn {
  readonly name: string;
  /** What stands in it first. */
  readonly example: string;
}

/** A table of no program that is known here: a person can say which column is what. */
export class UnknownColumns extends UnreadableFile {
  readonly columns: readonly TableColumn[];

  constructor(columns: readonly TableColumn[]) {
    super("Its columns are not known here. Choose this file alone, and say which column is what.");
    this.columns = columns;
  }
}
