import type { Client } from "@tend/contracts/client";
import { expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { loadTasks } from "./load-tasks.ts";

const tasks = ["a", "b", "c"].map((id) => makeTask({ id }));
const pages = tasks.map((task) => [task]);

/** A list of three pages whose cursors are the numbers of the pages. */
function makeApi() {
  const asked: string[] = [];
  const listTasks: Client["listTasks"] = async ({ query } = {}) => {
    asked.push(`${query?.limit} ${query?.status} after ${query?.cursor}`);
    const next = Number(query?.cursor ?? 0) + 1;
    const headers = new Headers();
    if (next < pages.length) headers.set("Link", `</api/tasks?cursor=${next}>; rel="next"`);
    return { status: 200, body: pages[next - 1] ?? [], headers };
  };
  return { asked, listTasks };
}

test("reads page after page, and shows how far it is", async () => {
  const api = makeApi();
  const sofar: string[] = [];
  const all = await loadTasks(api, "all", new AbortController().signal, (read) =>
    sofar.push(read.map(({ id }) => id).join("")),
  );
  expect(all).toEqual(tasks);
  expect(sofar).toEqual(["a", "ab"]);
  expect(api.asked).toEqual(["500 all after undefined", "500 all after 1", "500 all after 2"]);
});
