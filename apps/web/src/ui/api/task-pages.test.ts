import type { Task } from "@tend/contracts";
import { expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { type Lister, taskPages } from "./task-pages.ts";

/** Answers with these pages of each status, one after the other. */
const listing = (pages: { all: Task[][]; trashed: Task[][] }, asked: string[] = []): Lister => ({
  listTasks: async ({ query: { status = "all", limit, cursor = "0" } = {} } = {}) => {
    asked.push(`${status} ${limit} ${cursor}`);
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
  const asked: string[] = [];
  const api = listing({ all: [[a], [b]], trashed: [[c]] }, asked);
  expect(await idsOf(api, true)).toEqual([["a"], ["b"], ["c"]]);
  expect(asked).toEqual(["all 500 0", "all 500 1", "trashed 500 0"]);
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
