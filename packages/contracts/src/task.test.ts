import { describe, expect, test } from "vitest";
import { NewTask, TaskChange, TaskId, TaskQuery } from "./task.ts";

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
  test.each([{ status: "done" }, { sort: "id" }, { order: "up" }, { page: "2" }])(
    "%j is refused",
    (query) => expect(TaskQuery.safeParse(query).success).toBe(false),
  );
});
