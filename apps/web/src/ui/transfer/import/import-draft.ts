/** One task of a file, before it is checked. */
export interface Draft {
  /** The place in the file: "Line 12" or "Task 12". */
  readonly place: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Whether it lies in the trash. */
  readonly trashed: boolean;
}

/** A part of a file that cannot be imported, and why. */
export interface FileFault {
  readonly place: string;
  readonly reason: string;
}

/** The content of a file. */
export interface FileContent {
  readonly drafts: readonly Draft[];
  readonly faults: readonly FileFault[];
  /** Sentences on data that are imported differently than in the file. */
  readonly remarks: readonly string[];
}

/** The error of a file that cannot be imported; the message says why and what to do. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
}

export interface TableColumn {
  readonly name: string;
  /** The first value of the column. */
  readonly example: string;
}

/** The error of a table of an unknown program: a person can choose the meaning of its columns. */
export class UnknownColumns extends UnreadableFile {
  readonly columns: readonly TableColumn[];

  constructor(columns: readonly TableColumn[]) {
    super("Its columns are not known here. Choose this file alone, and say which column is what.");
    this.columns = columns;
  }
}
