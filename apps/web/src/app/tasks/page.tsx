import type { TaskStatus } from "@tend/contracts";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { parseJson } from "#server/answer.ts";
import { isUnreachable } from "#server/database.ts";
import { listTasks } from "#server/list.ts";
import { currentUser } from "#server/session.ts";
import { countTasks } from "#server/tasks.ts";
import { withNext } from "#ui/sign-in/next-path.ts";
import { type Filters, filtersHref, readFilters } from "#ui/tasks/filters.ts";
import { TasksScreen } from "#ui/tasks/tasks-screen.tsx";
import { TasksUnavailable } from "#ui/tasks/tasks-unavailable.tsx";

export const metadata: Metadata = { title: "Tasks" };

const limit = 100;

export default async function TasksPage({ searchParams }: PageProps<"/tasks">) {
  const params = await searchParams;
  const filters = readFilters((name) => {
    const value = params[name];
    return typeof value === "string" ? value : null;
  });
  const found = await read(filters).catch((error: unknown) => {
    if (isUnreachable(error)) return "unavailable" as const;
    throw error;
  });
  if (found === "unavailable") return <TasksUnavailable href={filtersHref(filters)} />;
  if (!found) redirect(withNext("/sign-in", filtersHref(filters)));
  return <TasksScreen {...found} />;
}

/** The whole list where it is short; else the first page of the tab. */
async function read({ status, sort, order }: Filters) {
  const user = await currentUser();
  if (!user) return null;
  const list = (status: TaskStatus) => listTasks(user.id, { status, sort, order, limit });
  const [all, counts] = await Promise.all([list("all"), countTasks(user.id)]);
  const complete = all.next === null;
  const { body } = complete || status === "all" || status === "trashed" ? all : await list(status);
  return { user: { id: user.id, name: user.name }, tasks: parseJson(body), complete, counts };
}
