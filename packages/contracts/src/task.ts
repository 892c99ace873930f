import { z } from "zod";
import { type Due, dueFaults, notDue } from "./due.ts";
import { codePoints, limits, tagKey } from "./limits.ts";

/** T-3: whether PostgreSQL can store the text, and no driver would replace a part of it. */
export const isStorable = (text: string): boolean => !text.includes("\0") && text.isWellFormed();

const unstorable = "Remove the NUL character or the half of a surrogate pair: it cannot be stored.";

const titleMessage = `Write a title of 1 to ${limits.title} characters.`;

export const Title = z
  .string(titleMessage)
  .trim()
  .refine(isStorable, unstorable)
  .refine((text) => text.length > 0 && codePoints(text) <= limits.title, titleMessage)
  .meta({
    description: "Trimmed. Counted in code points.",
    minLength: 1,
    maxLength: limits.title,
    examples: ["Pay rent"],
  });

const descriptionMessage = `Write at most ${limits.description.toLocaleString("en")} characters, or null.`;

export const Description = z
  .string(descriptionMessage)
  .refine(isStorable, unstorable)
  .refine((text) => codePoints(text) <= limits.description, descriptionMessage)
  .nullable()
  .meta({
    description: "Free text, kept as it is written. Counted in code points.",
    maxLength: limits.description,
    examples: ["Ask for the receipt."],
  });

const dayMessage = "Give a real day as YYYY-MM-DD, from 0001-01-01 to 9999-12-31, or null.";

export const DueDate = z.iso
  .date(dayMessage)
  .refine((day) => !day.startsWith("0000"), dayMessage)
  .nullable()
  .meta({ description: "A calendar day, without a time zone.", examples: ["2026-12-01"] });

const timeMessage = "Give a time of day as HH:MM, from 00:00 to 23:59, or null.";

/** T-16 */
export const DueTime = z
  .string(timeMessage)
  .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, timeMessage)
  .nullable()
  .meta({
    description: "A time on the day of `due_date`, which it needs.",
    examples: ["09:30"],
  });

const zoneMessage =
  "Give a time zone by its IANA name, such as Europe/Berlin. Abbreviations mean several zones.";

/** Names with their region: CET is a zone to some programs and a fixed offset to others. */
const zoneName = /^(UTC|GMT|[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+)$/;

/** A cache, since each check takes tens of microseconds; the number of zones is small. */
const knownZones = new Set<string>();

function isZone(name: string): boolean {
  if (!zoneName.test(name)) return false;
  const key = name.toLowerCase();
  if (knownZones.has(key)) return true;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
  } catch {
    return false;
  }
  knownZones.add(key);
  return true;
}

const ZoneName = z
  .string(zoneMessage)
  .refine(isZone, zoneMessage)
  .meta({ maxLength: limits.timeZone, examples: ["Europe/Berlin"] });

/** T-16 */
export const TimeZone = ZoneName.nullable().meta({
  description: "Where `due_time` counts, which it needs; null: wherever one looks from.",
  examples: ["Europe/Berlin"],
});

const oneOf = <const V extends readonly [string, ...string[]]>(values: V) =>
  z.enum(values, `Give ${values.slice(0, -1).join(", ")} or ${values.at(-1)}.`);

/** T-14 */
export const Priority = oneOf(["none", "low", "medium", "high"]);

const tagMessage = `Write a tag of 1 to ${limits.tag} characters, without white space or comma, not beginning with #.`;
const tagsMessage = `Give a list of at most ${limits.tags} tags.`;

/** T-15 */
export const Tag = z
  .string(tagMessage)
  .trim()
  .refine(isStorable, unstorable)
  .refine(
    (tag) => codePoints(tag) <= limits.tag && /^[^\s\u0085,#][^\s\u0085,]*$/u.test(tag),
    tagMessage,
  )
  .meta({
    description: "Trimmed. Counted in code points. Compared without regard to case.",
    minLength: 1,
    maxLength: limits.tag,
    examples: ["home"],
  });

export const Tags = z
  .array(Tag, tagsMessage)
  .max(limits.tags, tagsMessage)
  .superRefine((tags, context) => {
    const keys = tags.map(tagKey);
    for (const [index, key] of keys.entries()) {
      if (keys.indexOf(key) === index) continue;
      context.addIssue({ code: "custom", path: [index], message: "Name each tag once." });
    }
  })
  .meta({ description: "In the order in which they are given.", uniqueItems: true });

const positionMessage = `Give 1 to ${limits.position} of the characters 0-9 and a-z, not ending in 0.`;

/** T-18 */
export const Position = z
  .string(positionMessage)
  .regex(new RegExp(`^[0-9a-z]{0,${limits.position - 1}}[1-9a-z]$`), positionMessage)
  .meta({
    description:
      "The place in the order by hand: digits behind the point of a fraction in base 36. Whatever lies between those of two tasks stands between them. Default: on top.",
    minLength: 1,
    maxLength: limits.position,
    examples: ["fe5df31bfa3f5d8a1b47"],
  });

const Completed = z.boolean("Give true or false.");

/** Counts the changes of one task, from 1 on; its ETag is made of it. */
const Version = z.int().min(1).max(2_147_483_647);

export const TaskId = z.guid("Give a UUID.").toLowerCase();

export const Instant = z.iso
  .datetime({ precision: 3 })
  .meta({ description: "RFC 3339, UTC.", examples: ["2026-11-24T09:30:00.000Z"] });

/** T-1: a task as every answer shows it. */
export const Task = z
  .object({
    id: TaskId.meta({ description: "A UUID.", examples: ["0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47"] }),
    owner_user_id: z.string().meta({ examples: ["5f0c1f9e-8a55-4a3b-9a52-0f4f7a2d9c11"] }),
    title: z.string().meta({ examples: ["Pay rent"] }),
    description: z
      .string()
      .nullable()
      .meta({ examples: ["Ask for the receipt."] }),
    completed: z.boolean(),
    due_date: z.iso
      .date()
      .nullable()
      .meta({ examples: ["2026-12-01"] }),
    created_at: Instant,
    updated_at: Instant,
    version: Version.meta({ description: "One more with each change.", examples: [1] }),
    deleted_at: Instant.nullable().meta({
      description: "When it was moved to the trash; null for a task that is not there.",
      examples: [null],
    }),
    due_time: z
      .string()
      .nullable()
      .meta({ description: "HH:MM, of 24 hours.", examples: ["09:30"] }),
    time_zone: z
      .string()
      .nullable()
      .meta({ description: "An IANA name.", examples: ["Europe/Berlin"] }),
    priority: Priority,
    tags: z.array(z.string()).meta({ examples: [["home", "money"]] }),
    position: z.string().meta({
      description: "The place in the order by hand, compared byte by byte.",
      examples: ["fe5df31bfa3f5d8a1b47"],
    }),
  })
  .meta({ id: "Task", description: "One task of one user." });

/** Runs a check beside other faults too, so that all are named at once (E-1). */
const whenObject = ({ value }: { readonly value: unknown }) =>
  typeof value === "object" && value !== null;

/** Refuses due fields that cannot be (T-16), together with the stored ones. */
const checkDue = (stored?: Due) => (change: Due, context: z.RefinementCtx) => {
  for (const fault of dueFaults(change, stored)) context.addIssue({ code: "custom", ...fault });
};

const fields = {
  description: Description.optional(),
  completed: Completed.optional(),
  due_date: DueDate.optional(),
  due_time: DueTime.optional(),
  time_zone: TimeZone.optional(),
  priority: Priority.optional(),
  tags: Tags.optional(),
  position: Position.optional(),
};

/** T-2 */
export const NewTask = z
  .strictObject({
    id: TaskId.optional().meta({
      description: "Your own UUID, so that a create can be repeated safely. Else the server's.",
    }),
    title: Title,
    ...fields,
  })
  .superRefine(checkDue(notDue), { when: whenObject })
  .meta({ id: "NewTask", description: "What createTask takes. Unknown fields are refused." });

const change = z.strictObject({ title: Title.optional(), ...fields });
const names = Object.keys(change.shape);

/** T-4: what is left out is kept. */
export const TaskChange = change
  .superRefine(checkDue(), { when: whenObject })
  .refine((change) => Object.keys(change).length > 0, {
    error: `Name at least one of ${names.slice(0, -1).join(", ")} and ${names.at(-1)}.`,
    // Beside an unknown field this fault would only repeat it.
    when: (payload) => payload.issues.length === 0,
  })
  .meta({
    id: "TaskChange",
    description:
      "At least one field. A field left out is kept; null clears, and takes what needs it along: `due_time` goes with `due_date`, `time_zone` with `due_time`.",
    minProperties: 1,
  });

/** RFC 7396: as TaskChange, but a patch that names nothing is one that changes nothing. */
export const TaskPatch = change.superRefine(checkDue(), { when: whenObject }).meta({
  id: "TaskPatch",
  description: "A JSON merge patch: a field left out is kept; null clears.",
});

/** T-5 */
export const Completion = z
  .strictObject({ completed: Completed })
  .meta({ id: "Completion", description: "Sets the state. Without a body it flips." });

export const TaskStatus = oneOf(["all", "pending", "completed", "trashed"]);
export const TaskSort = oneOf(["created", "title", "due_date", "priority", "position"]);
export const DueFilter = oneOf(["overdue", "today", "upcoming", "none"]);
export const SortOrder = oneOf(["asc", "desc"]);

const searchMessage = `Write 1 to ${limits.search} characters, with a letter or a digit among them.`;

const Search = z
  .string(searchMessage)
  .refine(isStorable, unstorable)
  .refine(
    (text) =>
      codePoints(text) <= limits.search &&
      /[\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}]/u.test(text),
    searchMessage,
  );

const pageMessage = `Give a whole number from 1 to ${limits.page}.`;

const Limit = z
  .string(pageMessage)
  .regex(/^[0-9]{1,3}$/, pageMessage)
  .transform(Number)
  .pipe(z.int().min(1, pageMessage).max(limits.page, pageMessage))
  .default(limits.pageDefault)
  .meta({ description: "How many at most." });

/** T-6 */
const query = z.strictObject({
  status: TaskStatus.default("all").meta({
    description: "`all` is every task that is not in the trash.",
  }),
  q: Search.optional().meta({
    description:
      "Only tasks in whose title, description or tags each of these words is the beginning of a word, whatever its case and accents.",
    examples: ["rent"],
  }),
  tag: Tag.optional().meta({
    description: "Only tasks with this tag, whatever its case.",
    examples: ["home"],
  }),
  priority: Priority.optional().meta({ description: "Only tasks of this priority." }),
  due: DueFilter.optional().meta({
    description:
      "By the calendar and clock of `time_zone`. `overdue`: the day, or the moment, has passed. `today`: on that day, overdue or not. `upcoming`: on a later day. `none`: without a day.",
  }),
  time_zone: ZoneName.optional().meta({
    description: "With `due`, which needs it for all but `none`: where it is today.",
    examples: ["Europe/Berlin"],
  }),
  sort: TaskSort.default("created").meta({ description: "What the order goes by." }),
  order: SortOrder.optional().meta({
    description:
      "Default: newest first for `created`, high first for `priority`, else ascending. Tasks without the value come last.",
  }),
  limit: Limit,
  cursor: z.string().optional().meta({
    description: 'Opaque, from the `Link: …; rel="next"` header of the page before.',
  }),
});

export const TaskQuery = query
  .refine(({ due, time_zone }) => time_zone !== undefined || (due ?? "none") === "none", {
    path: ["time_zone"],
    error: "Say where it is today: give time_zone by its IANA name, such as Europe/Berlin.",
    when: whenObject,
  })
  .refine(({ due, time_zone }) => time_zone === undefined || due !== undefined, {
    path: ["time_zone"],
    error: "Give time_zone with due alone.",
    when: whenObject,
  });

/** T-9 */
export const ChangeQuery = z
  .strictObject({
    cursor: z.string().optional().meta({
      description:
        "Opaque, the `next_cursor` of the answer before. Without one: from the beginning.",
    }),
    from: z
      .enum(["now"], "Give now, or leave it out to begin at the beginning.")
      .optional()
      .meta({ description: "`now`: no changes, and a cursor of this moment to go on from." }),
    limit: Limit,
  })
  .refine(({ cursor, from }) => cursor === undefined || from === undefined, {
    path: ["from"],
    error: "Give cursor or from, not both.",
    when: whenObject,
  });

/** T-9: the last state of one task that changed. */
export const TaskChanged = z
  .discriminatedUnion("type", [
    z.object({
      type: z.literal("saved").meta({ description: "Created, changed or restored." }),
      id: TaskId,
      task: Task,
    }),
    z.object({
      type: z.literal("trashed").meta({ description: "Moved to the trash." }),
      id: TaskId,
      task: Task,
    }),
    z.object({
      type: z.literal("deleted").meta({ description: "Gone for good." }),
      id: TaskId,
      version: z.int().min(1).meta({
        description: "The last one that the task had; a new task with its id goes on from there.",
      }),
      task: z.null(),
    }),
  ])
  .meta({ id: "TaskChanged", description: "What became of one task since the cursor." });

export const Changes = z
  .object({
    changes: z.array(TaskChanged),
    next_cursor: z.string().meta({ description: "Keep it: the next request begins after it." }),
    has_more: z.boolean().meta({ description: "Whether there are further changes right now." }),
  })
  .meta({ id: "Changes", description: "What changed since the cursor, in the order of commit." });

/** T-8: `?permanent=true` takes the task past the trash. */
export const DeleteQuery = z.strictObject({
  permanent: z
    .enum(["true", "false"], "Give true or false.")
    .default("false")
    .meta({ description: "`true` deletes for good, from the list or from the trash." }),
});

const versionMessage = "Give the version of the task that you know, a whole number from 1 on.";
const KnownVersion = z
  .int(versionMessage)
  .min(1, versionMessage)
  .max(2_147_483_647, versionMessage)
  .optional()
  .meta({ description: "As If-Match: refuse where the task has another version." });

const batchMessage = `Give 1 to ${limits.batch} operations.`;

/** T-10: one operation of a batch, with the rules that it has alone. */
export const BatchOperation = z
  .discriminatedUnion(
    "operation",
    [
      z.strictObject({ operation: z.literal("create"), task: NewTask }),
      z.strictObject({
        operation: z.literal("update"),
        id: TaskId,
        change: TaskChange,
        version: KnownVersion,
      }),
      z.strictObject({
        operation: z.literal("complete"),
        id: TaskId,
        completed: Completed.optional().meta({ description: "Left out: the state flips." }),
        version: KnownVersion,
      }),
      z.strictObject({
        operation: z.literal("delete"),
        id: TaskId,
        permanent: z.boolean("Give true or false.").optional(),
        version: KnownVersion,
      }),
      z.strictObject({ operation: z.literal("restore"), id: TaskId, version: KnownVersion }),
    ],
    "Name the operation: create, update, complete, delete or restore.",
  )
  .meta({ id: "BatchOperation", description: "One operation of a batch." });

/** T-10 */
export const Batch = z
  .strictObject({
    operations: z
      .array(BatchOperation, batchMessage)
      .min(1, batchMessage)
      .max(limits.batch, batchMessage),
    atomic: z
      .boolean("Give true or false.")
      .default(true)
      .meta({ description: "true: all or nothing. false: what can be done is done." }),
  })
  .meta({ id: "Batch", description: "Operations that are carried out in order, in one go." });

export type Task = z.infer<typeof Task>;
export type NewTask = z.infer<typeof NewTask>;
export type TaskChange = z.infer<typeof TaskChange>;
export type TaskPatch = z.infer<typeof TaskPatch>;
export type ChangeQuery = z.infer<typeof ChangeQuery>;
export type TaskChanged = z.infer<typeof TaskChanged>;
export type Changes = z.infer<typeof Changes>;
export type Batch = z.infer<typeof Batch>;
export type BatchOperation = z.infer<typeof BatchOperation>;
export type Completion = z.infer<typeof Completion>;
export type TaskQuery = z.infer<typeof TaskQuery>;
export type TaskStatus = z.infer<typeof TaskStatus>;
export type TaskSort = z.infer<typeof TaskSort>;
export type Priority = z.infer<typeof Priority>;
export type DueFilter = z.infer<typeof DueFilter>;
export type SortOrder = z.infer<typeof SortOrder>;
