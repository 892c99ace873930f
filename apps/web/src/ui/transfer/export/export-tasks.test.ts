import type { Task } from "@tend/contracts";
import { describe, expect, test } from "vitest";
import type { Lister } from "#ui/api/task-pages.ts";
import { makeTask } from "#ui/tasks/testing.ts";
import { type ExportKind, exportTasks } from "./export-tasks.ts";

/** An account that holds these tasks. */
const account = (tasks: readonly Task[]): Lister => ({
  listTasks: async ({ query: { status = "all" } = {} } = {}) => ({
    status: 200,
    body: tasks.filter(({ deleted_at }) => (deleted_at === null) === (status === "all")),
    headers: new Headers(),
  }),
});

const run = (kind: ExportKind, tasks: readonly Task[]) =>
  exportTasks(account(tasks), kind, new AbortController().signal, () => {});

const trashed = makeTask({ id: "trashed", deleted_at: "2026-11-20T10:00:00.000Z" });

describe.each(["json", "csv", "ics"] as const)("%s", (kind) => {
  test("[X-2] of nothing there is no file", async () => {
    expect(await run(kind, [])).toMatchObject({ blob: null, count: 0 });
  });

  test("[X-2] of one task there is one", async () => {
    const { blob, count } = await run(kind, [makeTask()]);
    expect(count).toBe(1);
    expect(await blob?.text()).toContain("Pay rent");
  });
});

test("[X-2] what lies in the trash alone is no calendar, but is a file of the others", async () => {
  expect((await run("ics", [trashed])).blob).toBeNull();
  for (const kind of ["json", "csv"] as const) {
    expect(await (await run(kind, [trashed])).blob?.text()).toContain("trashed");
  }
});
