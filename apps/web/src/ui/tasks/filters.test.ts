import { describe, expect, test } from "vitest";
import { filtersHref, readFilters, sorts, tabs } from "./filters.ts";

const read = (query: string) => {
  const params = new URLSearchParams(query);
  return readFilters((name) => params.get(name));
};

describe("the address", () => {
  test("says nothing for all tasks, newest first", () => {
    expect(read("")).toEqual({ status: "all", sort: "created", order: "desc" });
    expect(filtersHref(read(""))).toBe("/tasks");
  });

  test("brings every tab and order back", () => {
    for (const { status } of tabs) {
      for (const { sort, order } of sorts) {
        const href = filtersHref({ status, sort, order });
        expect(read(href.split("?")[1] ?? "")).toEqual({ status, sort, order });
      }
    }
  });

  test.each(["status=done&sort=colour", "status=&sort=&order=sideways", "order=asc"])(
    "%s falls back to the defaults",
    (query) => expect(filtersHref(read(query))).toBe("/tasks"),
  );

  test("ignores an order that a sort does not offer", () => {
    expect(read("sort=title&order=desc")).toMatchObject({ sort: "title", order: "asc" });
  });
});
