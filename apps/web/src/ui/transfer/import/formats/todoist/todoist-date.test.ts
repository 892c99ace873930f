import { expect, test } from "vitest";
import { readTodoistDate } from "./todoist-date.ts";

/** The day of the tests, a Saturday. */
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
  expect(readTodoistDate(text, "en", today)).toMatchObject({ due_date, due_time });
});

test.each([
  ["2026-11-24", undefined],
  ["24 Nov 2026 9:00", undefined],
  ["in 20 days", "today"],
  ["tomorrow 9am", "today"],
  ["fri", "today"],
  ["the 30th 9pm", "today"],
  ["9am", "today"],
  ["4 Jan", "year"],
  ["24 Nov 9:00", "year"],
  ["24/11", "year"],
])("%s is read with the help of %s", (text, by) => {
  expect(readTodoistDate(text, "en", today)?.by).toBe(by);
});

test.each([
  ["4 Jan", "2026-01-04"],
  ["Jan 4 18:00", "2026-01-04"],
  ["1 Jan", "2026-01-01"],
  ["31 Dec", "2026-12-31"],
  ["20 Nov", "2026-11-20"],
  ["4 Jan 2027", "2027-01-04"],
])("a day that is over is not moved a year on: %s", (text, due_date) => {
  expect(readTodoistDate(text, "en", today)).toMatchObject({ due_date });
});

test("29 February is of this year, or none", () => {
  for (const text of ["29 Feb", "Feb 29 9:00", "29/2"]) {
    expect(readTodoistDate(text, "en", today)).toBeUndefined();
    expect(readTodoistDate(text, "en", "2028-11-21")).toMatchObject({
      ...{ due_date: "2028-02-29", by: "year" },
    });
  }
  expect(readTodoistDate("29 Feb 2028", "en", today)).toEqual({
    ...{ due_date: "2028-02-29", due_time: null },
  });
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
  "2026-11-24 24:00",
  "2026-11-24T09:60:00Z",
  "after lunch",
  "in an hour",
  "tomorrow #home",
  "starting next week",
])("what is not surely one day is none: %s", (text) => {
  expect(readTodoistDate(text, "en", today)).toBeUndefined();
});

test.each([
  ["ru", "5 мар 2027", "2027-03-05", null],
  ["ru", "5 мая 2027 09:30", "2027-05-05", "09:30"],
  ["ru", "17 июля 2027 г.", "2027-07-17", null],
  ["de", "5. März 2027", "2027-03-05", null],
  ["de", "5 Mär 2027 9:30", "2027-03-05", "09:30"],
  ["de", "24. Dez. 2026", "2026-12-24", null],
  ["fr", "1er août 2027", "2027-08-01", null],
  ["fr", "14 févr. 2027", "2027-02-14", null],
  ["es", "24 mar 2026", "2026-03-24", null],
  ["es", "24 de marzo de 2026", "2026-03-24", null],
  ["pt_BR", "5 fev 2027", "2027-02-05", null],
  ["it", "5 gen 2027", "2027-01-05", null],
  ["nl", "5 mrt 2027", "2027-03-05", null],
  ["sv", "5 maj 2027", "2027-05-05", null],
  ["da", "5 okt 2027", "2027-10-05", null],
  ["nb", "5 des 2027", "2027-12-05", null],
  ["fi", "5. tammikuuta 2027", "2027-01-05", null],
  ["pl", "5 paź 2027", "2027-10-05", null],
  ["pl", "5 października 2027", "2027-10-05", null],
  ["tr", "5 Ağu 2027", "2027-08-05", null],
  ["tr", "5 Şubat 2027", "2027-02-05", null],
  ["ja", "2027年3月5日", "2027-03-05", null],
  ["ja", "2027年3月5日 9:30", "2027-03-05", "09:30"],
  ["ko", "2027년 3월 5일", "2027-03-05", null],
  ["zh_CN", "2027年3月5日", "2027-03-05", null],
  ["es", "2026-11-24", "2026-11-24", null],
])("in %s, %s", (language, text, due_date, due_time) => {
  expect(readTodoistDate(text, language, today)).toEqual({ due_date, due_time });
});

test.each([
  // "mar" is Tuesday in Spanish; the others are ambiguous beginnings of months.
  ["es", "mar 24"],
  ["fr", "5 jui 2027"],
  ["ru", "5 м 2027"],
  ["ru", "5 мар"],
  ["ru", "через 20 дней"],
  ["de", "30 Feb 2027"],
  ["de", "5 Mär 2027 25:00"],
  ["de", "jeden Freitag"],
  ["not a language", "5 Mär 2027"],
  ["xx", "5 Mär 2027"],
  ["ja", "毎日"],
])("in %s, %s is not surely one day", (language, text) => {
  expect(readTodoistDate(text, language, today)).toBeUndefined();
});
