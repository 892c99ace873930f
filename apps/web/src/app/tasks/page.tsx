import type { TaskStatus } from "@tend/contracts";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { parseJson } from "#server/answer.ts";
import { isUnavailable } from "#server/database.ts";
import { listTasks } from "#server/list.ts";
import { currentUser } from "#server/session.ts";
import { countTasks } from "#server/tasks.ts";
import { NeedsScript } from "#ui/kit/needs-script.tsx";
import { withNext } from "#ui/sign-in/next-path.ts";
import { type Filters, filtersHref, readFilters } from "#ui/tasks/filters.ts";
import { KeptTasksScreen } from "#ui/tasks/kept-tasks-screen.tsx";
import { searchFor } from "#ui/tasks/search.ts";
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
    if (isUnavailable(error)) return "unavailable" as const;
    throw error;
  });
  if (found === "unavailable") {
    const unavailable = <TasksUnavailable href={filtersHref(filters)} />;
    return <KeptTasksScreen meanwhile={unavailable} otherwise={unavailable} />;
  }
  if (!found) redirect(withNext("/sign-in", filtersHref(filters)));
  return (
    <>
      <NeedsScript text="Without JavaScript you can read and search your first 100 tasks, and change none." />
      <TasksScreen {...found} />
    </>
  );
}

/** The whole list where it is short; else the first page of what the address asks for. */
async function read({ status, sort, order, q, tag, priority }: Filters) {
  const user = await currentUser();
  if (!user) return null;
  // What is due now, only the device can tell.
  const found = { ...(searchFor(q) && { q }), ...(tag && { tag }), ...(priority && { priority }) };
  const list = (status: TaskStatus, more = {}) =>
    listTasks(user.id, { status, sort, order, limit, ...more });
  const [all, counts] = await Promise.all([list("all"), countTasks(user.id)]);
  const complete = all.next === null;
  const isAll = status === "trashed" || (status === "all" && Object.keys(found).length === 0);
  const { body } = complete || isAll ? all : await list(status, found);
  return { user: { id: user.id, name: user.name }, tasks: parseJson(body), complete, counts };
}
