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
