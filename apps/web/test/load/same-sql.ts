import { writeFile } from "node:fs/promises";
import { connect } from "@tend/db";
import { recordStatements } from "../api/support/statements.ts";
import type { BenchOperation, BenchUser } from "./generator.ts";

/** What a request puts into a statement; all else is the same each time. */
export type Part = "user" | "task" | "title" | "description" | "new_id";

/** A statement of the app, with what stands for each of its parameters. */
export interface Statement {
  readonly text: string;
  readonly values: readonly (Part | { readonly constant: unknown })[];
}

export type Statements = Readonly<Record<BenchOperation, Statement>>;

/** Records what the app sends for each operation, for a bare server that sends the same. */
export async function writeStatements(
  environment: { DATABASE_URL: string; BETTER_AUTH_SECRET: string; BETTER_AUTH_URL: string },
  { id: user, tasks: [task = ""] }: BenchUser,
  file: string,
): Promise<void> {
  // The app's modules read the environment when they are first used.
  Object.assign(process.env, environment);
  const { listTasks } = await import("#server/tasks/list.ts");
  const { completeTask, createTask, getTask } = await import("#server/tasks/tasks.ts");
  const { verifiedUserId } = await import("#server/auth/user-id.ts");
  const database = connect(environment.DATABASE_URL);
  const sent = recordStatements(database);
  const owner = verifiedUserId(user);
  const [title, description] = ["A title like no other", "A description like no other"];
  const known = new Map<unknown, Part>([
    [user, "user"],
    [task, "task"],
    [title, "title"],
    [description, "description"],
  ]);
  const first = async (ask: () => Promise<unknown>): Promise<Statement> => {
    const before = sent.length;
    await ask();
    const { text = "", values = [] } = sent[before] ?? {};
    return {
      text,
      values: values.map(
        (value) =>
          known.get(value) ??
          (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(String(value)) ? "new_id" : { constant: value }),
      ),
    };
  };
  try {
    const page = { status: "all", sort: "created", limit: 20 } as const;
    const statements: Statements = {
      list: await first(() => listTasks(owner, page)),
      get: await first(() => getTask(owner, task)),
      create: await first(() => createTask(owner, { title, description })),
      toggle: await first(() => completeTask(owner, task, undefined, undefined)),
    };
    await writeFile(file, JSON.stringify(statements));
  } finally {
    await database.$disconnect();
  }
}
