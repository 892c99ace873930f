import { describe, expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { countTasks } from "./counts.ts";
import { anyFields, type Filters } from "./filters.ts";
import { listFound, listShown } from "./task-list.ts";

const at = (minute: number) => `2026-11-24T09:${minute}:00.000Z`;
const tasks = [
  makeTask({ id: "a", title: "banana", created_at: at(10), due_date: null, position: "fe1" }),
  makeTask({ id: "b", title: "Apple", created_at: at(30), due_date: "2026-12-01", position: "z" }),
  makeTask({
    id: "c",
    title: "äpfel",
    created_at: at(20),
    due_date: null,
    completed: true,
    position: "fe",
  }),
  makeTask({
    id: "d",
    title: "cherry",
    created_at: at(30),
    due_date: "2026-11-25",
    position: "fe",
  }),
];
const ids = (filters: Partial<Filters>, kept?: ReadonlySet<string>) =>
  listShown(
    tasks,
    { status: "all", sort: "created", order: "desc", q: "", ...anyFields, ...filters },
    kept,
  )
    .map(({ id }) => id)
    .join("");

describe("the order of the server (T-6)", () => {
  test("newest first, ties by id downwards", () => expect(ids({})).toBe("dbca"));
  test("oldest first, ties by id", () => expect(ids({ order: "asc" })).toBe("acbd"));
  test("titles as people read them", () =>
    expect(ids({ sort: "title", order: "asc" })).toBe("cbad"));
  test("due date, without one last, ties by id", () =>
    expect(ids({ sort: "due_date", order: "asc" })).toBe("dbac"));

  test("by hand, byte by byte, ties by id (T-18)", () =>
    expect(ids({ sort: "position", order: "asc" })).toBe("cdab"));

  test("leaves the given tasks in their place", () => {
    const before = [...tasks];
    ids({});
    expect(tasks).toEqual(before);
  });
});

describe("a tab", () => {
  test("holds the tasks of its state", () => {
    expect(ids({ status: "pending" })).toBe("dba");
    expect(ids({ status: "completed" })).toBe("c");
  });

  test("keeps for a moment what was just ticked", () => {
    expect(ids({ status: "pending" }, new Set(["c"]))).toBe("dbca");
  });

  test("holds what a search finds of it (T-11)", () => {
    expect(ids({ q: "ap" })).toBe("bc");
    expect(ids({ q: "APFEL" })).toBe("c");
    expect(ids({ status: "pending", q: "apfel" })).toBe("");
    expect(ids({ status: "pending", q: "apfel" }, new Set(["c"]))).toBe("c");
    expect(ids({ q: "!" })).toBe("");
  });

  test("holds what the filters find of it (T-14, T-15, T-17)", () => {
    const some = [
      makeTask({ id: "a", tags: ["Home"], priority: "high" }),
      makeTask({ id: "b", tags: ["home", "garden"], due_date: "2026-11-24" }),
      makeTask({ id: "c", tags: ["homework"], due_date: "2026-11-25" }),
    ];
    const now = new Date(2026, 10, 24, 12);
    const found = (filters: Partial<Filters>) =>
      listFound(some, { ...anyFields, q: "", ...filters }, now)
        .map(({ id }) => id)
        .join("");
    expect(found({ tag: "HOME" })).toBe("ab");
    expect(found({ priority: "high" })).toBe("a");
    expect(found({ priority: "none" })).toBe("bc");
    expect(found({ due: "today" })).toBe("b");
    expect(found({ due: "upcoming", tag: "home" })).toBe("");
    expect(found({ due: "none", q: "rent" })).toBe("a");
  });

  test("counts", () => expect(countTasks(tasks)).toEqual({ all: 4, pending: 3, completed: 1 }));
});

test("[T-11] a search for what holds no word finds nothing", () => {
  const tasks = [makeTask({ title: "Learn C++" }), makeTask({ title: "!!!" })];
  const found = (q: string) => listFound(tasks, { ...anyFields, q }).length;
  expect(["++", "!!!", "-"].map(found)).toEqual([0, 0, 0]);
  expect(["", "  "].map(found)).toEqual([2, 2]);
});
