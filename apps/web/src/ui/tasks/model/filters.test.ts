import { describe, expect, test } from "vitest";
import {
  anyFields,
  dues,
  filtersHref,
  priorityChoices,
  readFilters,
  sorts,
  tabs,
} from "./filters.ts";

const read = (query: string) => {
  const params = new URLSearchParams(query);
  return readFilters((name) => params.get(name));
};

describe("the address", () => {
  test("says nothing for all tasks, newest first", () => {
    expect(read("")).toEqual({
      status: "all",
      sort: "created",
      order: "desc",
      q: "",
      ...anyFields,
    });
    expect(filtersHref(read(""))).toBe("/tasks");
  });

  test("brings every tab, order and search back", () => {
    for (const { status } of tabs) {
      for (const { sort, order } of sorts) {
        for (const q of ["", " milk &", "牛乳+👍🏽"]) {
          const filters = { status, sort, order, q, ...anyFields };
          expect(read(filtersHref(filters).split("?")[1] ?? "")).toEqual(filters);
        }
      }
    }
  });

  test("brings every filter by date, priority and tag back", () => {
    for (const due of [null, ...dues.map((one) => one.due)]) {
      for (const priority of [null, ...priorityChoices]) {
        for (const tag of [null, "home", "#café&"]) {
          const filters = { ...read(""), due, priority, tag };
          expect(read(filtersHref(filters).split("?")[1] ?? "")).toEqual(filters);
        }
      }
    }
    expect(read("due=someday&priority=urgent&tag=")).toEqual(read(""));
  });

  test("leaves out of a search what the server would refuse (T-3)", () => {
    expect(read("q=a%00b").q).toBe("ab");
    expect(read(`q=${"😀".repeat(201)}`).q).toBe("😀".repeat(200));
  });

  test.each(["status=done&sort=colour", "status=&sort=&order=sideways", "order=asc"])(
    "%s falls back to the defaults",
    (query) => expect(filtersHref(read(query))).toBe("/tasks"),
  );

  test("ignores an order that a sort does not offer", () => {
    expect(read("sort=title&order=desc")).toMatchObject({ sort: "title", order: "asc" });
  });
});
