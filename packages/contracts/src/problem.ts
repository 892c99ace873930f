import { z } from "zod";
import { limits } from "./limits.ts";
import { Task } from "./task.ts";

/**
 * E-1, E-2: every code that this API gives: its status, its short title, and what it says where the
 * place that raises it has nothing more exact to say.
 */
export const problems = {
  malformed_request: {
    status: 400,
    title: "The request is malformed",
    detail: "Send one Host header, and the address as a path or as a whole http or https address.",
  },
  malformed_json: {
    status: 400,
    title: "The body is not JSON",
    detail: "Send a JSON text in UTF-8 as the body.",
  },
  missing_token: {
    status: 401,
    title: "A token is required",
    detail: "Send the header Authorization: Bearer <token>; GET /api/auth/token gives a token.",
  },
  invalid_token: {
    status: 401,
    title: "The token is not valid",
    detail: "Get a new token from GET /api/auth/token and send that.",
  },
  expired_token: {
    status: 401,
    title: "The token has expired",
    detail: "Get a new token from GET /api/auth/token and send the request again.",
  },
  unknown_user: {
    status: 401,
    title: "The user of this token no longer exists",
    detail: "The account was deleted. Sign in to another one and use its token.",
  },
  no_session: {
    status: 401,
    title: "Not signed in",
    detail: "Sign in first: POST /api/auth/sign-in/email sets the session cookie.",
  },
  invalid_email_or_password: {
    status: 401,
    title: "The email or the password is wrong",
    detail: "Check the email and the password and try again.",
  },
  forbidden: {
    status: 403,
    title: "Not yours",
    detail:
      "This address belongs to another user. Use the token of that user, or your own address.",
  },
  foreign_origin: {
    status: 403,
    title: "Not from this origin",
    detail: "Requests with the session cookie are only taken from the app's own pages.",
  },
  task_not_found: {
    status: 404,
    title: "No such task",
    detail:
      "There is no task with this id. It may be in the trash, or gone; list the tasks to see them.",
  },
  session_not_found: {
    status: 404,
    title: "No such session",
    detail: "You have no session with this id. It may have ended; list the sessions to see them.",
  },
  address_not_found: {
    status: 404,
    title: "No such address",
    detail: "Check the address; /docs lists every address of this API.",
  },
  method_not_allowed: {
    status: 405,
    title: "Method not allowed",
    detail: "Use one of the methods in the Allow header.",
  },
  request_timeout: {
    status: 408,
    title: "The request did not arrive in time",
    detail: "The body stopped coming, and nothing was done. Send the request again.",
  },
  id_already_used: {
    status: 409,
    title: "The id is already used",
    detail:
      "You have another task with this id, perhaps in the trash. Make a new UUID, or change that task.",
  },
  cursor_gone: {
    status: 410,
    title: "The cursor cannot be continued",
    detail: `It is not one of yours, or older than ${limits.cursorDays} days. Begin without a cursor and replace what you hold with what comes.`,
  },
  precondition_failed: {
    status: 412,
    title: "The task was changed meanwhile",
    detail:
      "Nothing was changed. Look at task, which is as it is now, and send its ETag if you still want to.",
  },
  body_too_large: {
    status: 413,
    title: "The body is too large",
    detail: `Send at most ${limits.body / 1024} KiB.`,
  },
  unsupported_media_type: {
    status: 415,
    title: "The content type is not JSON",
    detail: "Send the body as application/json.",
  },
  user_already_exists: {
    status: 422,
    title: "That email already has an account",
    detail: "Sign in instead, or use another email.",
  },
  validation_failed: {
    status: 422,
    title: "Some values are not valid",
    detail: "Nothing was changed. Mend what errors lists and send the request again.",
  },
  idempotency_key_reused: {
    status: 422,
    title: "The Idempotency-Key was used for another request",
    detail:
      "Nothing was changed. Send a new key with a new request; repeat a request only as it was.",
  },
  batch_failed: {
    status: 422,
    title: "Nothing of the batch was done",
    detail:
      "results says which operations cannot be done. Mend or leave out those, or send atomic: false.",
  },
  answer_too_large: {
    status: 422,
    title: "The answer would be too large",
    detail: `Nothing was changed. The answer would be over ${limits.answer / 1e6} MB: send fewer operations at once.`,
  },
  quota_exceeded: {
    status: 422,
    title: "No room for another task",
    detail:
      "Nothing was changed. You have as many tasks as one account may hold, those in the trash among them. Delete some for good, then send the request again.",
  },
  failed_dependency: {
    status: 424,
    title: "Not done, since another operation of the batch cannot be done",
    detail: "Nothing is wrong with this one. Mend the others and send the batch again.",
  },
  too_many_requests: {
    status: 429,
    title: "Too many requests",
    detail: "Wait for the seconds in the Retry-After header, then send the request again.",
  },
  idempotency_limit_reached: {
    status: 429,
    title: "Too many answers are kept for your Idempotency-Keys",
    detail: `Nothing was changed. Answers are kept for ${limits.idempotencyHours} hours, and yours hold ${limits.keptAnswers / 1e6} MB. Wait for the seconds in the Retry-After header, or send the request without a key.`,
  },
  internal_error: {
    status: 500,
    title: "Something went wrong on our side",
    detail: "This is our fault. Send the request again; if it fails again, report the request_id.",
  },
  overloaded: {
    status: 503,
    title: "Too many requests are waiting",
    detail: "Nothing was done. Wait for the seconds in the Retry-After header, then send it again.",
  },
  took_too_long: {
    status: 503,
    title: "This took too long",
    detail:
      "The database answers, but this took longer than it may, and was given up. Wait for the seconds in the Retry-After header, then look before you repeat it, or ask for less at once.",
  },
  database_unavailable: {
    status: 503,
    title: "The database cannot be reached",
    detail:
      "It may not have been carried out. Wait for the seconds in the Retry-After header, then look before you repeat it.",
  },
} as const satisfies Record<string, { status: number; title: string; detail: string }>;

export type ProblemCode = keyof typeof problems;

/** Where a fault is, and what is wrong there. */
export const Fault = z
  .object({
    path: z.array(z.union([z.string(), z.number()])).meta({
      description: "`body`, `query` or `headers` first, then the names and indexes in it.",
    }),
    message: z.string(),
  })
  .meta({ id: "Fault", description: "One thing that is wrong with the request." });

const members = {
  type: z.string().meta({ description: "Where the code is explained." }),
  title: z.string().meta({ description: "The code in words; the same at each occurrence." }),
  status: z.int().min(400).max(599),
  detail: z.string().meta({ description: "What happened here and what to do now." }),
  code: z.string().meta({ description: "Stable, snake_case: what a program should test." }),
  errors: z
    .array(Fault)
    .optional()
    .meta({ description: "With `validation_failed`: every fault at once." }),
  task: Task.optional().meta({ description: "With `precondition_failed`: the task as it is now." }),
};

/** T-10: the result of one operation of a batch. */
export const BatchResult = z
  .object({
    status: z
      .int()
      .min(200)
      .max(599)
      .meta({ description: "The status that the operation alone would have." }),
    task: Task.optional().meta({ description: "Where the operation answers with a task." }),
    problem: z
      .object(members)
      .optional()
      .meta({ description: "Why it was not done, as a problem of its own." }),
  })
  .meta({ id: "BatchResult", description: "What became of one operation of a batch." });

/** RFC 9457, with the members that E-1 adds. */
export const Problem = z
  .object({
    ...members,
    request_id: z.string().meta({ description: "The X-Request-Id of this answer." }),
    results: z
      .array(BatchResult)
      .optional()
      .meta({ description: "With `batch_failed`: one for each operation, in order." }),
  })
  .meta({ id: "Problem", description: "An error, as application/problem+json (RFC 9457)." });

export type BatchResult = z.infer<typeof BatchResult>;
export type Fault = z.infer<typeof Fault>;
export type Problem = z.infer<typeof Problem>;

/** The `type` of a problem: the section of the docs page that explains its code. */
export const problemType = (code: string): string => `/docs#${code}`;
