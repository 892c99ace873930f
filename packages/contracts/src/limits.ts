/** The numbers of the contract (T-2, T-6, E-2). No zod here, so that the browser may carry them. */
export const limits = {
  /** Code points, after trimming. */
  title: 200,
  /** Code points. */
  description: 10_000,
  /** Tags of one task, and the code points of one. */
  tags: 20,
  tag: 50,
  /** Characters of the name of a time zone. */
  timeZone: 64,
  /** Digits of a place in the order by hand. */
  position: 255,
  /** Tasks in one page of listTasks, changes in one of listChanges. */
  page: 500,
  pageDefault: 100,
  /** Code points of a search. */
  search: 200,
  /** Operations of one batchTasks. */
  batch: 100,
  /** Bytes of the answer to one batchTasks. */
  answer: 4_000_000,
  /** Characters of an Idempotency-Key. */
  idempotencyKey: 255,
  /** How long the first answer to an Idempotency-Key is replayed. */
  idempotencyHours: 24,
  /** Bytes of the answers that are kept for the keys of one user. */
  keptAnswers: 64_000_000,
  /** How long a deleted task stays in the trash. */
  trashDays: 30,
  /** How long a change cursor can be continued. */
  cursorDays: 90,
  /** Bytes of a request body. */
  body: 64 * 1024,
  /** Code points; Better Auth counts UTF-16 units, so the server checks both. */
  passwordMin: 8,
  passwordMax: 128,
  name: 100,
  /** Sessions in the answer of listSessions. */
  sessions: 100,
} as const;

/** Length as the contract, PostgreSQL and a reader count it: code points, not UTF-16 units. */
export const codePoints = (text: string): number => {
  let count = 0;
  for (const _ of text) count++;
  return count;
};

/** The key by which tags are the same: case and the form of letters do not count, accents do. */
export const tagKey = (tag: string): string => tag.normalize("NFKC").toLowerCase();
