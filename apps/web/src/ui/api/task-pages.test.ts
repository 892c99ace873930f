import type { Task } from "@tend/contracts";
import type { Client } from "@tend/contracts/client";
import { expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { type Lister, loadTasks, taskPages } from "./task-pages.ts";

/** A client that answers with these pages of each status, one after the other. */
const listing = (pages: { all: Task[][]; trashed: Task[][] }, requests: string[] = []): Lister => ({
  listTasks: async ({ query: { status = "all", limit, cursor = "0" } = {} } = {}) => {
    requests.push(`${status} ${limit} ${cursor}`);
    const of = pages[status === "trashed" ? "trashed" : "all"];
    const next = Number(cursor) + 1;
    const link = `</api/tasks?cursor=${next}>; rel="next"`;
    return {
      status: 200,
      body: of[Number(cursor)] ?? [],
      headers: new Headers(next < of.length ? { Link: link } : {}),
    };
  },
});

async function idsOf(api: Lister, trash: boolean) {
  const pages: string[][] = [];
  for await (const page of taskPages(api, trash, new AbortController().signal)) {
    pages.push(page.map(({ id }) => id));
  }
  return pages;
}

const [a, b, c] = [makeTask({ id: "a" }), makeTask({ id: "b" }), makeTask({ id: "c" })];

test("reads page after page, then the trash", async () => {
  const requests: string[] = [];
  const api = listing({ all: [[a], [b]], trashed: [[c]] }, requests);
  expect(await idsOf(api, true)).toEqual([["a"], ["b"], ["c"]]);
  expect(requests).toEqual(["all 500 0", "all 500 1", "trashed 500 0"]);
});

test("leaves the trash out where it is not wanted", async () => {
  expect(await idsOf(listing({ all: [[a]], trashed: [[c]] }), false)).toEqual([["a"]]);
});

test("a task that is moved to the trash meanwhile comes once", async () => {
  expect(await idsOf(listing({ all: [[a], [b]], trashed: [[b, c]] }), true)).toEqual([
    ["a"],
    ["b"],
    ["c"],
  ]);
});

const tasks = ["a", "b", "c"].map((id) => makeTask({ id }));
const pages = tasks.map((task) => [task]);

/** A list of three pages whose cursors are the numbers of the pages. */
function makeApi() {
  const requests: string[] = [];
  const listTasks: Client["listTasks"] = async ({ query } = {}) => {
    requests.push(`${query?.limit} ${query?.status} after ${query?.cursor}`);
    const next = Number(query?.cursor ?? 0) + 1;
    const headers = new Headers();
    if (next < pages.length) headers.set("Link", `</api/tasks?cursor=${next}>; rel="next"`);
    return { status: 200, body: pages[next - 1] ?? [], headers };
  };
  return { requests, listTasks };
}

test("reads page after page, and shows how far it is", async () => {
  const api = makeApi();
  const sofar: string[] = [];
  const all = await loadTasks(api, "all", new AbortController().signal, (read) =>
    sofar.push(read.map(({ id }) => id).join("")),
  );
  expect(all).toEqual(tasks);
  expect(sofar).toEqual(["a", "ab"]);
  expect(api.requests).toEqual(["500 all after undefined", "500 all after 1", "500 all after 2"]);
});
