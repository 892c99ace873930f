import { z } from "zod";
import { codePoints, limits } from "./limits.ts";

/** T-3: what PostgreSQL cannot hold, and drivers would silently replace. */
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

const Completed = z.boolean("Give true or false.");

export const TaskId = z.guid("Give a UUID.").toLowerCase();

const Instant = z.iso
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
  })
  .meta({ id: "Task", description: "One task of one user." });

/** T-2 */
export const NewTask = z
  .strictObject({
    id: TaskId.optional().meta({
      description: "Your own UUID, so that a create can be repeated safely. Else the server's.",
    }),
    title: Title,
    description: Description.optional(),
    completed: Completed.optional(),
    due_date: DueDate.optional(),
  })
  .meta({ id: "NewTask", description: "What createTask takes. Unknown fields are refused." });

/** T-4: what is left out is kept. */
export const TaskChange = z
  .strictObject({
    title: Title.optional(),
    description: Description.optional(),
    completed: Completed.optional(),
    due_date: DueDate.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, {
    error: "Name at least one of title, description, completed and due_date.",
    // Beside an unknown field this fault would only repeat it.
    when: (payload) => payload.issues.length === 0,
  })
  .meta({
    id: "TaskChange",
    description: "At least one field. A field left out is kept; null clears.",
    minProperties: 1,
  });

/** T-5 */
export const Completion = z
  .strictObject({ completed: Completed })
  .meta({ id: "Completion", description: "Sets the state. Without a body it flips." });

const oneOf = <const V extends readonly [string, ...string[]]>(values: V) =>
  z.enum(values, `Give ${values.slice(0, -1).join(", ")} or ${values.at(-1)}.`);

export const TaskStatus = oneOf(["all", "pending", "completed"]);
export const TaskSort = oneOf(["created", "title", "due_date"]);
export const SortOrder = oneOf(["asc", "desc"]);

const pageMessage = `Give a whole number from 1 to ${limits.page}.`;

/** T-6 */
export const TaskQuery = z.strictObject({
  status: TaskStatus.default("all"),
  sort: TaskSort.default("created"),
  order: SortOrder.optional().meta({
    description:
      "Default: newest first for `created`, else ascending. Tasks without the value come last.",
  }),
  limit: z
    .string(pageMessage)
    .regex(/^[0-9]{1,3}$/, pageMessage)
    .transform(Number)
    .pipe(z.int().min(1, pageMessage).max(limits.page, pageMessage))
    .default(limits.pageDefault),
  cursor: z.string().optional().meta({
    description: 'Opaque, from the `Link: …; rel="next"` header of the page before.',
  }),
});

export type Task = z.infer<typeof Task>;
export type NewTask = z.infer<typeof NewTask>;
export type TaskChange = z.infer<typeof TaskChange>;
export type Completion = z.infer<typeof Completion>;
export type TaskQuery = z.infer<typeof TaskQuery>;
export type TaskStatus = z.infer<typeof TaskStatus>;
export type TaskSort = z.infer<typeof TaskSort>;
export type SortOrder = z.infer<typeof SortOrder>;
