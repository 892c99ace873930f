import { expect, test } from "vitest";
import { readTodoistDate } from "./todoist-date.ts";

/** A Saturday. */
const today = "2026-11-21";

test.each([
  ["2026-11-24", "2026-11-24", null],
  ["2026-11-24 09:30", "2026-11-24", "09:30"],
  ["2026-11-24T09:30:00", "2026-11-24", "09:30"],
  ["24 Nov 2026 9:00", "2026-11-24", "09:00"],
  ["24 Nov 2026 4:05", "2026-11-24", "04:05"],
  ["24 Nov 2026 4:05 pm", "2026-11-24", "16:05"],
  ["Nov 24 2026", "2026-11-24", null],
  ["Oct 5, 2026", "2026-10-05", null],
  ["today", "2026-11-21", null],
  ["tomorrow", "2026-11-22", null],
  ["Tomorrow 18:00", "2026-11-22", "18:00"],
  ["next friday at 9am", "2026-11-27", "09:00"],
  ["in 3 days", "2026-11-24", null],
  ["24 Nov", "2026-11-24", null],
  ["24/11/2026", "2026-11-24", null],
  ["9am", "2026-11-21", "09:00"],
  ["0:00", "2026-11-21", "00:00"],
  ["the 30th 9pm", "2026-11-30", "21:00"],
])("%s", (text, due_date, due_time) => {
  expect(readTodoistDate(text, "en", today)).toEqual({ due_date, due_time });
});

test("a moment keeps that it is one", () => {
  expect(readTodoistDate("2026-11-24T08:30:00Z", "en", today)).toEqual({
    due_date: "2026-11-24",
    due_time: "08:30",
    time_zone: "UTC",
  });
});

test.each([
  "every day",
  "every friday at 9am",
  "every! 3 weeks",
  "2026-02-30",
  "5/12/2026",
  "2026-11-24T09:30:00+02:00",
  "after lunch",
  "in an hour",
  "tomorrow #home",
  "starting next week",
])("what is not surely one day is none: %s", (text) => {
  expect(readTodoistDate(text, "en", today)).toBeUndefined();
});

test("words of another language are not read as English", () => {
  expect(readTodoistDate("mar 24", "es", today)).toBeUndefined();
  expect(readTodoistDate("2026-11-24", "es", today)).toEqual({
    due_date: "2026-11-24",
    due_time: null,
  });
});
