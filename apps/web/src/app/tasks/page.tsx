import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { currentUser } from "#server/auth/current-session.ts";
import { isUnavailable } from "#server/database.ts";
import { isOverLimit } from "#server/http/limits/rate-limit.ts";
import { readTasksPage } from "#server/http/pages/tasks-page.ts";
import { withNext } from "#ui/api/sign-in-link.ts";
import { NeedsScript } from "#ui/page/needs-script.tsx";
import { CachedTasksScreen } from "#ui/tasks/board/cached-tasks-screen.tsx";
import { TasksScreen } from "#ui/tasks/board/tasks-screen.tsx";
import { TasksUnavailable } from "#ui/tasks/board/tasks-unavailable.tsx";
import { type Filters, filtersHref, readFilters } from "#ui/tasks/model/filters.ts";
import { searchFor } from "#ui/tasks/model/search.ts";

export const metadata: Metadata = { title: "Tasks" };

const limit = 100;

export default async function TasksPage({ searchParams }: PageProps<"/tasks">) {
  const params = await searchParams;
  const filters = readFilters((name) => {
    const value = params[name];
    return typeof value === "string" ? value : null;
  });
  const found = await read(filters).catch((error: unknown) => {
    if (isOverLimit(error)) return "too many" as const;
    if (isUnavailable(error)) return "unavailable" as const;
    throw error;
  });
  if (found === "unavailable" || found === "too many") {
    const instead = (
      <TasksUnavailable href={filtersHref(filters)} overLimit={found === "too many"} />
    );
    // The screen of cached tasks asks the API, whose answer says when to try again.
    return <CachedTasksScreen meanwhile={instead} otherwise={instead} />;
  }
  if (!found) redirect(withNext("/sign-in", filtersHref(filters)));
  return (
    <>
      <NeedsScript text="Without JavaScript you can read and search your first 100 tasks, and change none." />
      <TasksScreen {...found} />
    </>
  );
}

async function read({ status, sort, order, q, tag, priority }: Filters) {
  const user = await currentUser();
  if (!user) return null;
  // The filter `due` is left out: only the device knows what is due now.
  const found = { ...(searchFor(q) && { q }), ...(tag && { tag }), ...(priority && { priority }) };
  const page = await readTasksPage(user.id, { status, sort, order, limit, ...found });
  return { user, ...page };
}
