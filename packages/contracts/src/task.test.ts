import { describe, expect, test } from "vitest";
import { withCleared } from "./due.ts";
import { NewTask, TaskChange, TaskId, TaskPatch, TaskQuery } from "./task.ts";

const faults = (result: { error?: { issues: readonly { path: PropertyKey[] }[] } | undefined }) =>
  (result.error?.issues ?? []).map((issue) => issue.path.join("."));

describe("title [T-2]", () => {
  const title = (value: unknown) => NewTask.safeParse({ title: value });

  test("is trimmed", () => expect(title(" \t Pay rent \n").data?.title).toBe("Pay rent"));
  test("may have 200 code points, however many UTF-16 units they take", () =>
    expect(title("😀".repeat(200)).success).toBe(true));
  test.each([
    ["empty", ""],
    ["blank", "   "],
    ["201 long", "x".repeat(201)],
    ["null", null],
    ["a number", 5],
    ["an array", ["x"]],
  ])("is refused when it is %s", (_, value) => expect(faults(title(value))).toEqual(["title"]));
  test.each(["a\u0000b", "a\ud800b", "\udc00"])(
    "[T-3] is refused where PostgreSQL cannot hold it: %j",
    (text) => expect(faults(title(text))).toEqual(["title"]),
  );
  test.each(["👩‍👩‍👧‍👦", "שלום עולם", "e\u0301", "\u202Eabc", "كتاب"])(
    "[T-3] keeps what people type: %s",
    (text) => expect(title(text).data?.title).toBe(text),
  );
});

describe("other fields [T-2]", () => {
  test("a description may have 10,000 code points, or be null, and is not trimmed", () => {
    expect(NewTask.safeParse({ title: "x", description: " y\n" }).data?.description).toBe(" y\n");
    expect(NewTask.safeParse({ title: "x", description: null }).success).toBe(true);
    expect(NewTask.safeParse({ title: "x", description: "é".repeat(10_000) }).success).toBe(true);
    expect(faults(NewTask.safeParse({ title: "x", description: "é".repeat(10_001) }))).toEqual([
      "description",
    ]);
  });
  test.each(["0001-01-01", "9999-12-31", "2028-02-29", null])("the day %s is taken", (due_date) =>
    expect(NewTask.safeParse({ title: "x", due_date }).success).toBe(true),
  );
  test.each([
    "0000-01-01",
    "2026-02-29",
    "2026-13-01",
    "10000-01-01",
    "2026-1-1",
    "2026-01-01T00:00:00Z",
    "",
    20260101,
  ])("the day %j is refused", (due_date) =>
    expect(faults(NewTask.safeParse({ title: "x", due_date }))).toEqual(["due_date"]),
  );
  test("an id of the client is taken in lower case", () =>
    expect(TaskId.parse("0199D3C2-6F1E-7A54-9B0E-3C2F5D8A1B47")).toBe(
      "0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47",
    ));
  test("unknown fields are refused by name, together with every other fault", () => {
    const { error } = NewTask.safeParse({ title: "", owner_user_id: "me", completed: "yes" });
    expect(error?.issues.map((issue) => issue.code)).toContain("unrecognized_keys");
    expect(error?.issues).toHaveLength(3);
  });
  test("__proto__ is an unknown field like any other", () =>
    expect(
      NewTask.safeParse(JSON.parse('{"title":"x","__proto__":{"completed":true}}')).success,
    ).toBe(false));
});

describe("due time and zone [T-16]", () => {
  const due_date = "2026-12-01";
  const create = (due: object) => faults(NewTask.safeParse({ title: "x", ...due }));
  const change = (due: object) => faults(TaskChange.safeParse(due));

  test.each(["00:00", "09:30", "23:59"])("the time %s is taken", (due_time) =>
    expect(create({ due_date, due_time })).toEqual([]),
  );
  test.each(["24:00", "9:30", "09:30:00", "09:60", "09.30", "", " 09:30", "٠٩:٣٠", 930])(
    "the time %j is refused",
    (due_time) => expect(create({ due_date, due_time })).toEqual(["due_time"]),
  );
  test.each(["Europe/Berlin", "Asia/Kolkata", "America/Argentina/Ushuaia", "Etc/GMT+12", "UTC"])(
    "the zone %s is taken",
    (time_zone) => expect(create({ due_date, due_time: "09:30", time_zone })).toEqual([]),
  );
  test.each([
    "CET",
    "EST5EDT",
    "+01:00",
    "Berlin",
    "Europe/Nowhere",
    "Europe/",
    "",
    "a/".repeat(99),
  ])("the zone %j is refused", (time_zone) =>
    expect(create({ due_date, due_time: "09:30", time_zone })).toEqual(["time_zone"]),
  );
  test("a new task needs the day for a time, and the time for a zone", () => {
    expect(create({ due_time: "09:30" })).toEqual(["due_time"]);
    expect(create({ due_date: null, due_time: "09:30" })).toEqual(["due_time"]);
    expect(create({ due_date, time_zone: "UTC" })).toEqual(["time_zone"]);
    expect(create({ time_zone: "UTC" })).toEqual(["time_zone"]);
    expect(create({ due_time: null, time_zone: null })).toEqual([]);
  });
  test("a change may name one alone, but not beside null for what it needs", () => {
    expect(change({ due_time: "09:30" })).toEqual([]);
    expect(change({ time_zone: "UTC" })).toEqual([]);
    expect(change({ due_date: null, due_time: "09:30" })).toEqual(["due_time"]);
    expect(change({ due_time: null, time_zone: "UTC" })).toEqual(["time_zone"]);
    expect(change({ due_date: null, time_zone: "UTC" })).toEqual(["time_zone"]);
    expect(faults(TaskPatch.safeParse({ due_date: null, due_time: "09:30" }))).toEqual([
      "due_time",
    ]);
  });
  test("is named beside every other fault", () =>
    expect(create({ title: "", due_time: "09:30", completed: 1 }).sort()).toEqual([
      "completed",
      "due_time",
      "title",
    ]));
  test("what needs a day or a time goes with it", () => {
    expect(withCleared({ due_date: null })).toEqual({
      due_date: null,
      due_time: null,
      time_zone: null,
    });
    expect(withCleared({ due_time: null })).toEqual({ due_time: null, time_zone: null });
    for (const kept of [{}, { due_date }, { due_time: "09:30" }, { time_zone: null }]) {
      expect(withCleared(kept)).toBe(kept);
    }
  });
});

describe("priority [T-14]", () => {
  test.each(["none", "low", "medium", "high"])("%s is taken", (priority) =>
    expect(NewTask.safeParse({ title: "x", priority }).success).toBe(true),
  );
  test.each(["urgent", "High", "", null, 1])("%j is refused", (priority) =>
    expect(faults(NewTask.safeParse({ title: "x", priority }))).toEqual(["priority"]),
  );
});

describe("tags [T-15]", () => {
  const tags = (value: unknown) => NewTask.safeParse({ title: "x", tags: value });

  test("are trimmed and kept as they are written, in their order", () =>
    expect(tags([" Home ", "été", "e\u0301te\u0301s", "c#", "日本"]).data?.tags).toEqual([
      "Home",
      "été",
      "e\u0301te\u0301s",
      "c#",
      "日本",
    ]));
  test("twenty may be, of 50 code points each", () => {
    const twenty = Array.from({ length: 20 }, (_, index) => `${index + 10}${"😀".repeat(48)}`);
    expect(tags(twenty).success).toBe(true);
    expect(faults(tags([...twenty, "x"]))).toEqual(["tags"]);
    expect(faults(tags(["x".repeat(51)]))).toEqual(["tags.0"]);
  });
  test.each(["", " ", "a b", "a\u3000b", "a\u2028b", "a,b", "#home", "a\0b", "\ud800", 5, null])(
    "%j is refused by its place",
    (tag) => expect(faults(tags(["fine", tag]))).toEqual(["tags.1"]),
  );
  test("the same in another case or form is refused by its place", () => {
    expect(faults(tags(["Home", "x", "HOME", "home"]))).toEqual(["tags.2", "tags.3"]);
    expect(faults(tags(["été", "E\u0301T\u00c9"]))).toEqual(["tags.1"]);
    expect(tags(["ano", "año"]).success).toBe(true);
  });
  test.each([null, "home", {}])("%j is no list", (value) =>
    expect(faults(tags(value))).toEqual(["tags"]),
  );
});

describe("position [T-18]", () => {
  const position = (value: unknown) => faults(NewTask.safeParse({ title: "x", position: value }));

  test.each(["1", "z", "0001", "fe5df31bfa3f5d8a1b47", "a".repeat(255)])("%s is taken", (text) =>
    expect(position(text)).toEqual([]),
  );
  test.each(["", "0", "a0", "A", "a b", "a\n", "é", "١", "a\0", "a".repeat(256), null, 1])(
    "%j is refused",
    (value) => expect(position(value)).toEqual(["position"]),
  );
});

describe("change [T-4]", () => {
  test("names at least one field", () => expect(TaskChange.safeParse({}).success).toBe(false));
  test("keeps absent and null apart", () =>
    expect(TaskChange.parse({ description: null })).toEqual({ description: null }));
  test("cannot take the title away", () =>
    expect(faults(TaskChange.safeParse({ title: null }))).toEqual(["title"]));
});

describe("list query [T-6]", () => {
  test("has the contract's defaults", () =>
    expect(TaskQuery.parse({})).toEqual({ status: "all", sort: "created", limit: 100 }));
  test.each(["0", "501", "1.5", "-1", "1e2", "", " 5", "Infinity", "٣"])(
    "limit %j is refused",
    (limit) => expect(faults(TaskQuery.safeParse({ limit }))).toEqual(["limit"]),
  );
  test.each([
    [{ due: "today" }, ["time_zone"]],
    [{ due: "none" }, []],
    [{ due: "none", time_zone: "UTC" }, []],
    [{ due: "overdue", time_zone: "Europe/Berlin" }, []],
    [{ time_zone: "Europe/Berlin" }, ["time_zone"]],
    [
      { due: "soon", time_zone: "CET", tag: "#", priority: "x", limit: "0" },
      ["due", "limit", "priority", "tag", "time_zone"],
    ],
  ])("[T-17] %j has these faults: %j", (query, paths) =>
    expect(faults(TaskQuery.safeParse(query)).sort()).toEqual(paths),
  );
  test.each([{ status: "done" }, { sort: "id" }, { order: "up" }, { page: "2" }])(
    "%j is refused",
    (query) => expect(TaskQuery.safeParse(query).success).toBe(false),
  );
});
