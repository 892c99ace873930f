import { growsWithLength } from "@tend/contracts/growing-cost";
import { limits } from "@tend/contracts/limits";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { type Dismissal, parseQuickAdd, type QuickAdd } from "./parse.ts";
import { phraseCases, usualNow } from "./phrases.ts";

/** The start of a Wednesday, when no time of it is over. */
const now = "2026-11-18T00:00";

const padded = (number: number): string => String(number).padStart(2, "0");

/** The recognised fields on one line: "2026-11-24 09:00 #home !high". */
const meaning = ({ due_date, due_time, tags, priority }: QuickAdd): string =>
  [due_date, due_time, ...tags.map((tag) => `#${tag}`), priority === "none" ? null : `!${priority}`]
    .filter((part) => part !== null)
    .join(" ");

describe("[Q-1] is recognised", () => {
  test.each([
    ["Pay rent Tuesday 9am #home !high", "Pay rent", "2026-11-24 09:00 #home !high"],
    // Days
    ["Pay rent today", "Pay rent", "2026-11-18"],
    ["pay rent tod", "pay rent", "2026-11-18"],
    ["Call Bob tonight", "Call Bob", "2026-11-18"],
    ["Pay rent tomorrow", "Pay rent", "2026-11-19"],
    ["pay rent tmr", "pay rent", "2026-11-19"],
    ["pay rent TMRW", "pay rent", "2026-11-19"],
    ["PAY RENT TOMORROW", "PAY RENT", "2026-11-19"],
    ["Tomorrow call Bob", "call Bob", "2026-11-19"],
    ["Call Bob tomorrow about the lease", "Call Bob about the lease", "2026-11-19"],
    ["Call Bob, tomorrow, about the lease", "Call Bob, about the lease", "2026-11-19"],
    ["Call Bob tomorrow. Bring notes", "Call Bob. Bring notes", "2026-11-19"],
    ["Tomorrow: call Bob", "call Bob", "2026-11-19"],
    ["Pay rent Tuesday", "Pay rent", "2026-11-24"],
    ["Pay rent, Tuesday", "Pay rent", "2026-11-24"],
    ["Pay rent - Tuesday", "Pay rent", "2026-11-24"],
    ["Pay rent Tuesday.", "Pay rent", "2026-11-24"],
    ["Pay rent Tuesday!", "Pay rent", "2026-11-24"],
    ["Pay rent Tuesday 🏠", "Pay rent 🏠", "2026-11-24"],
    ["pay rent tue", "pay rent", "2026-11-24"],
    ["Marathon Sat", "Marathon", "2026-11-21"],
    ["buy milk sun", "buy milk", "2026-11-22"],
    ["Review Wednesday", "Review", "2026-11-25"],
    ["Send it on Tuesday", "Send it", "2026-11-24"],
    ["Finish report by Friday", "Finish report", "2026-11-20"],
    ["Rent due Friday", "Rent", "2026-11-20"],
    ["Rent due on Friday", "Rent", "2026-11-20"],
    ["On Tuesday call Bob", "call Bob", "2026-11-24"],
    ["By Friday finish the report", "finish the report", "2026-11-20"],
    ["Monday, call Bob", "call Bob", "2026-11-23"],
    ["Friday - call Bob", "call Bob", "2026-11-20"],
    ["Watch the game on Sunday at 8pm", "Watch the game", "2026-11-22 20:00"],
    ["Watch Dune Friday 9pm", "Watch Dune", "2026-11-20 21:00"],
    ["Read chapter 3 by Sunday", "Read chapter 3", "2026-11-22"],
    ["Call Ann on Friday re the lease", "Call Ann re the lease", "2026-11-20"],
    ["Lunch Friday with Ann", "Lunch with Ann", "2026-11-20"],
    ["Call Bob Tuesday about the lease", "Call Bob about the lease", "2026-11-24"],
    ["Dinner Friday at Mario's", "Dinner at Mario's", "2026-11-20"],
    ["Fly Friday to Rome", "Fly to Rome", "2026-11-20"],
    ["Call the bank this Friday", "Call the bank", "2026-11-20"],
    ["Call the bank next Friday", "Call the bank", "2026-11-27"],
    ["Call the bank next tue", "Call the bank", "2026-11-24"],
    ["Plan the trip next week", "Plan the trip", "2026-11-23"],
    ["Renew passport in 3 days", "Renew passport", "2026-11-21"],
    ["Renew passport in 2 weeks", "Renew passport", "2026-12-02"],
    ["Renew passport in a week", "Renew passport", "2026-11-25"],
    ["Renew passport in 3 months", "Renew passport", "2027-02-18"],
    ["In 3 days call Bob", "call Bob", "2026-11-21"],
    // Calendar dates
    ["Party 24 Nov", "Party", "2026-11-24"],
    ["Party Nov 24", "Party", "2026-11-24"],
    ["Party nov. 24th", "Party", "2026-11-24"],
    ["Party on 24th of November", "Party", "2026-11-24"],
    ["Party 24 November 2027", "Party", "2027-11-24"],
    ["Party November 24, 2027", "Party", "2027-11-24"],
    ["Party 2026-11-24", "Party", "2026-11-24"],
    ["Party 18 Nov", "Party", "2026-11-18"],
    ["Party 17 Nov", "Party", "2027-11-17"],
    ["Party 29 Feb", "Party", "2028-02-29"],
    ["Party 1 Jan 0001", "Party", "0001-01-01"],
    ["Party 31 Dec 9999", "Party", "9999-12-31"],
    ["Party Tue 24 Nov", "Party", "2026-11-24"],
    ["Party Tuesday, November 24", "Party", "2026-11-24"],
    ["Dentist 5 May", "Dentist", "2027-05-05"],
    ["Submit by 24 Nov the tax return", "Submit the tax return", "2026-11-24"],
    // Times
    ["Call Bob 9am", "Call Bob", "2026-11-18 09:00"],
    ["Call Bob 9 AM", "Call Bob", "2026-11-18 09:00"],
    ["Call Bob 9:30 p.m.", "Call Bob", "2026-11-18 21:30"],
    ["Call Bob 9.30pm", "Call Bob", "2026-11-18 21:30"],
    ["Call Bob 12am", "Call Bob", "2026-11-18 00:00"],
    ["Call Bob 12pm", "Call Bob", "2026-11-18 12:00"],
    ["Dentist 21:00", "Dentist", "2026-11-18 21:00"],
    ["Dentist 9:05", "Dentist", "2026-11-18 09:05"],
    ["Meet at 9", "Meet", "2026-11-18 09:00"],
    ["Meet at 9 with Ann", "Meet with Ann", "2026-11-18 09:00"],
    ["Call at 9am Bob", "Call Bob", "2026-11-18 09:00"],
    ["Meet at 4", "Meet", "2026-11-18 16:00"],
    ["Meet at 04:00", "Meet", "2026-11-18 04:00"],
    ["Doctor 2:30", "Doctor", "2026-11-18 14:30"],
    ["Meet Tom @ 3pm", "Meet Tom", "2026-11-18 15:00"],
    ["Leave by 5pm", "Leave", "2026-11-18 17:00"],
    ["Lunch at noon", "Lunch", "2026-11-18 12:00"],
    ["Lunch tomorrow noon", "Lunch", "2026-11-19 12:00"],
    ["Meet at 9 on Tuesday", "Meet", "2026-11-24 09:00"],
    ["Meet Tuesday at 9", "Meet", "2026-11-24 09:00"],
    ["Meet Tuesday, 9am", "Meet", "2026-11-24 09:00"],
    ["Meet 9am Tuesday", "Meet", "2026-11-24 09:00"],
    ["Tuesday 9am call Bob", "call Bob", "2026-11-24 09:00"],
    ["Sat 9am run with Ann", "run with Ann", "2026-11-21 09:00"],
    ["At 9am call Bob tomorrow", "call Bob", "2026-11-19 09:00"],
    ["Call mum tomorrow morning", "Call mum", "2026-11-19 09:00"],
    ["Party Saturday night", "Party", "2026-11-21 21:00"],
    // Tags and priorities
    ["#home Pay rent", "Pay rent", "#home"],
    ["Pay #home rent", "Pay rent", "#home"],
    ["Buy milk #дом #買い物 #à-faire_2", "Buy milk", "#дом #買い物 #à-faire_2"],
    ["Buy milk #Home, #home", "Buy milk", "#Home"],
    ["Pay rent !HIGH", "Pay rent", "!high"],
    ["!med Pay rent", "Pay rent", "!medium"],
    ["Pay rent !low #home Friday", "Pay rent", "2026-11-20 #home !low"],
    ["Pay rent Friday #home before Ann asks", "Pay rent before Ann asks", "2026-11-20 #home"],
    // Several of a kind, of which the last counts
    ["Pay rent !low !high", "Pay rent !low", "!high"],
    ["Discuss Monday on Tuesday", "Discuss Monday", "2026-11-24"],
    ["Talk about Friday on Tuesday", "Talk about Friday", "2026-11-24"],
  ])("%s", (text, title, expected) => {
    const result = parseQuickAdd(text, now);
    expect([result.title, meaning(result)]).toEqual([title, expected]);
  });
});

describe("[Q-1] stays a title", () => {
  test.each([
    // Days inside names
    "Watch Saturday Night Live",
    "watch saturday night live",
    "buy 2 tickets for Friday Night Lights",
    "Read the Sunday Times",
    "Order Monday Morning print",
    "Watch Thursday Night Football",
    "Listen to Blue Monday Remix",
    "Watch The Day After Tomorrow",
    "Watch the day after tomorrow",
    "Watch Edge of Tomorrow",
    "Watch Tomorrow Never Dies",
    "Read USA Today",
    "Watch Last Week Tonight",
    "Watch The Tonight Show",
    "Tonight Show tickets",
    "Watch Never On Sunday",
    "Sunday in the Park with George",
    "Watch Around the World in 80 Days",
    "Watch Wednesday",
    "Watch Any Given Sunday",
    "Listen to Sunday Bloody Sunday",
    "Watch Friday the 13th",
    "Black Friday",
    "Shop on the web for Black Friday",
    "Prepare Good Friday",
    "Thank God it's Friday",
    "Thank God it’s Friday",
    "Casual Friday outfit",
    "Wednesday Addams costume",
    // Words that begin or look like days and months
    "monitor",
    "Buy a monitor",
    "March to the top",
    "May the force",
    "May the 4th be with you",
    "Ask May about rent",
    "Ask April",
    "Sun screen",
    "Buy sun screen",
    "Enjoy the sun",
    "Sit in the sun",
    "sat nav",
    "Fix sat nav",
    "I sat with grandma",
    "Article on sun protection",
    "Wed and happy",
    "second hand",
    "Buy second hand bike",
    "decide",
    "Marathon training",
    "Call Tod",
    "Tod has a birthday",
    "today's list",
    "Prepare tomorrow's meeting",
    "Clean Friday’s mess",
    "Tuesday-ish plan",
    "(Tuesday)",
    // Days that are the topic, not a date
    "Prepare the Friday meeting",
    "Move my Tuesday call",
    "Cancel the Tuesday 9am meeting",
    "Prepare slides for Friday",
    "Notes from Tuesday",
    "Water plants every Tuesday",
    "Away until Monday",
    "Review last Tuesday",
    "Plan next week menu",
    "Friday drinks",
    "Monday meeting notes",
    "Is it Tuesday?",
    // Lists, ranges and contradictions
    "Gym Monday, Wednesday, Friday",
    "Gym Monday and Tuesday",
    "Shop hours Monday to Friday",
    "Shift 9am - 5pm",
    "Shift Tuesday 9am to 5pm",
    "Party Sun 24 Nov",
    // Numbers
    "Read 1984",
    "Call 911",
    "Room 12:30",
    "Order 66",
    "Party 5/12",
    "Party 5/12/2026",
    "Party 31 Feb",
    "Party 29 Feb 2027",
    "Party 2026-02-31",
    "Party 0000-01-01",
    "Party 2026-11-24T09:00",
    "Run 5 km in 30 minutes",
    "Arrive at 9 Elm Street",
    "Look at 5 houses",
    "Meet at 24",
    "Meet 24:00",
    "Meet 9:60",
    "Meet 13pm",
    "Meet 0am",
    "Meet 9-10am",
    "Meet at midnight",
    "Watch High Noon",
    "Watch high noon",
    "Deliver 24 Nov report",
    "Buy 10 eggs",
    "Catch-22",
    // Tags and priorities
    "Fix issue#4",
    "Learn C#",
    "Fix #1",
    "Fix #2026-11",
    "We are # one",
    "Say #a.b",
    "Tag #🏠",
    `Tag #${"x".repeat(51)}`,
    "Hurry!",
    "Payer le loyer !",
    "Hurry !!!",
    "Set x!high",
    "Use !important",
    // Lines of which no title would be left
    "Tuesday",
    "#home !high",
    "Tuesday 9am",
    "- Tuesday",
    "--, Tuesday",
  ])("%s", (text) => {
    const result = parseQuickAdd(text, now);
    expect([result.title, meaning(result), result.tokens]).toEqual([text, "", []]);
  });
});

describe("[Q-2] people type", () => {
  test.each(phraseCases.map((phrase) => [phrase.line, phrase] as const))("%j", (line, phrase) => {
    const { title, due_date, due_time, tags, priority, now = usualNow } = phrase;
    expect(parseQuickAdd(line, now)).toMatchObject({
      title,
      due_date,
      due_time,
      tags: tags ?? [],
      priority: priority ?? "none",
    });
  });
});

describe("quotes", () => {
  test.each([
    ['Watch "Friday" with Ann', "Watch Friday with Ann", ""],
    ['Watch "Friday" Saturday', "Watch Friday", "2026-11-21"],
    ["Watch “The Day After Tomorrow” tomorrow", "Watch The Day After Tomorrow", "2026-11-19"],
    ['Say "#home !high at 9"', "Say #home !high at 9", ""],
    ['Say ("#home"), Friday', "Say (#home)", "2026-11-20"],
    ['"Pay   rent" Friday', "Pay   rent", "2026-11-20"],
    ['"Friday"', "Friday", ""],
    ['"Say “Friday” Friday"', "Say “Friday” Friday", ""],
  ])("%s", (text, title, expected) => {
    const result = parseQuickAdd(text, now);
    expect([result.title, meaning(result)]).toEqual([title, expected]);
  });

  test.each([
    'Fix 5" pipe',
    'Buy 5" and 6" pipes',
    'Say "hi',
    "Say “hi",
    '""',
    '" "',
    "Rock 'n' roll",
  ])("a mark that does not close stays: %s", (text) =>
    expect(parseQuickAdd(`${text} today`, now).title).toBe(text),
  );

  test("an apostrophe quotes nothing", () =>
    expect(meaning(parseQuickAdd("Say 'x #home' Friday", now))).toBe("2026-11-20"));
});

test("a line says where its tokens stand, each with what leads into it", () =>
  expect(parseQuickAdd("😀 rent on  Tuesday, #Home", now).tokens).toEqual([
    { kind: "date", value: "2026-11-24", text: "on  Tuesday", start: 8, end: 19 },
    { kind: "tag", value: "Home", text: "#Home", start: 21, end: 26 },
  ]));

test.each([
  ["  Pay   rent  Friday  now ", "Pay   rent  Friday  now"],
  ["  Pay   rent  #home  now ", "Pay   rent now"],
  ["", ""],
  ["   ", ""],
])("spaces stay as they are but for those of words that go: %j", (text, title) =>
  expect(parseQuickAdd(text, now).title).toBe(title),
);

test("a task has as many tags as it may, and further ones stay in the title", () => {
  const tags = Array.from({ length: limits.tags + 2 }, (_, index) => `#t${index}`);
  const result = parseQuickAdd(`Sort ${tags.join(" ")} #T0`, now);
  expect(result.title).toBe("Sort #t20 #t21");
  expect(result.tags).toHaveLength(limits.tags);
  expect(result.tokens).toHaveLength(limits.tags + 1);
});

test("a tag has as many code points as it may", () =>
  expect(parseQuickAdd(`Sort #${"𝒳".repeat(limits.tag)}`, now).tags).toHaveLength(1));

test.each([
  ["Pay Friday", "9999-12-31"],
  ["Pay tomorrow", "9999-12-31"],
  ["Pay in 2 months", "9999-12-01"],
  ["Pay 30 Dec", "9999-12-31"],
])("a day after the last one is text: %s", (text, lastDay) =>
  expect(parseQuickAdd(text, `${lastDay}T00:00`)).toMatchObject({
    title: text,
    due_date: null,
    tokens: [],
  }),
);

test.each([
  ["Pay in 1 month", "2026-01-31", "2026-02-28"],
  ["Pay in 1 month", "2028-01-31", "2028-02-29"],
  ["Pay 29 Feb", "2096-03-01", "2104-02-29"],
  ["Pay tuesday", "2026-11-24", "2026-12-01"],
  ["Pay this tuesday", "2026-11-24", "2026-12-01"],
  ["Pay next tuesday", "2026-11-24", "2026-12-01"],
  ["Pay next tuesday", "2026-11-22", "2026-11-24"],
  ["Pay next week", "2026-11-23", "2026-11-30"],
  ["Pay tomorrow", "0001-12-31", "0002-01-01"],
])("%s, said on %s, is %s", (text, from, day) =>
  expect(parseQuickAdd(text, `${from}T00:00`).due_date).toBe(day),
);

test.each([
  "",
  "2026-11-18",
  "2026-1-1T10:00",
  "2026-02-30T10:00",
  "0000-01-01T10:00",
  "2026-11-18T24:00",
  "2026-11-18T10:00:00Z",
])("now is a real day and time, not %j", (now) =>
  expect(() => parseQuickAdd("Pay", now)).toThrow(RangeError),
);

test.each([
  ["Call Bob at 9am", "2026-11-18T15:00", "2026-11-19"],
  ["Call Bob at 9am", "2026-11-18T08:00", "2026-11-18"],
  ["Call Bob in an hour", "2026-11-18T23:30", "2026-11-19"],
  ["Call Bob at 9am", "9999-12-31T15:00", "9999-12-31"],
])("[Q-3] the token of a lone time has its day: %s at %s", (text, now, day) =>
  expect(parseQuickAdd(text, now)).toMatchObject({
    due_date: day,
    tokens: [{ kind: "time", day }],
  }),
);

test("a time beside a day has none of its own", () => {
  const [, time] = parseQuickAdd("Call Bob tomorrow 9am", usualNow).tokens;
  expect(time).not.toHaveProperty("day");
});

describe("dismissed", () => {
  const text = "Pay rent on Tuesday 9am #home !high";
  const dismiss = (line: string, ...dismissed: Dismissal[]) => parseQuickAdd(line, now, dismissed);

  test.each([
    ["date", "on Tuesday", "Pay rent on Tuesday", "2026-11-18 09:00 #home !high"],
    ["time", "9am", "Pay rent 9am", "2026-11-24 #home !high"],
    ["tag", "#home", "Pay rent #home", "2026-11-24 09:00 !high"],
    ["priority", "!high", "Pay rent !high", "2026-11-24 09:00 #home"],
  ] as const)("a %s stays in the title", (kind, words, title, expected) => {
    const result = dismiss(text, { kind, text: words });
    expect([result.title, meaning(result)]).toEqual([title, expected]);
  });

  test("stays dismissed whatever is typed before and after it, in any case", () => {
    const dismissed = parseQuickAdd("Pay Tuesday", now).tokens;
    expect(dismissed).toHaveLength(1);
    for (const line of ["Now pay Tuesday #home", "Pay by TUESDAY", "Tuesday: pay"]) {
      expect(dismiss(line, ...dismissed).due_date).toBeNull();
    }
  });

  test("gives way to the one that it hid", () =>
    expect(dismiss("Pay !low !high", { kind: "priority", text: "!high" })).toMatchObject({
      title: "Pay !high",
      priority: "low",
    }));
});

describe("whatever is typed", () => {
  const phrases =
    "today|Tomorrow|tmrw|tonight|Tuesday|friday|Sat|sun|next week|next Friday|this fri|in 3 days|" +
    "in 2 weeks|in 1 month|24 Nov|Nov 24, 2027|31 Feb|29 Feb|2026-11-24|Tue 24 Nov|9am|9:30 pm|21:00|" +
    "at 9|noon|morning|night|#home|#Home|#дом|#1|!high|!low|!med|on|by|due|at|and|to|with|the|for|Watch|" +
    'Listen|Night|Live|rent|pay|🏠|-|–|,|;|“x y”|"Friday"|"|“|”|Mario\'s|C#|e\u0301|\u200b|5"|' +
    "Fri 20th|the 15th|20th|24/11|5/12|24.11|24-26 Nov|Mon-Fri|a week on|two weeks|from|before|after|" +
    "day after tomorrow|in an hour|a few days|next month|this weekend|end of month|EOD|coming|every|" +
    "this evening|in the morning|at night|half past nine|quarter to|midnight|10|3p|1430|UTC|latest|or|" +
    "９：３０|＃home|！high|、|。|\u2066|\u2069|May|December|Christmas|1 week|2 days|half nine";
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...phrases.split("|")) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
  );
  const glue = fc.constantFrom(" ", " ", " ", "  ", ", ", ": ", ". ", "! ", "\u00a0", "");
  const line = fc
    .array(fc.tuple(piece, glue), { maxLength: 12 })
    .map((parts) => parts.flat().join(""));
  const day = fc
    .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  const moment = fc
    .tuple(day, fc.nat(23), fc.nat(59))
    .map(([on, hour, minute]) => `${on}T${padded(hour)}:${padded(minute)}`);
  const runs = { numRuns: 500 };

  test("tokens are in order, and each is what stands there", () =>
    fc.assert(
      fc.property(line, moment, (text, now) => {
        let end = 0;
        for (const token of parseQuickAdd(text, now).tokens) {
          expect(token.start).toBeGreaterThanOrEqual(end);
          expect(token.text).toBe(text.slice(token.start, token.end));
          expect(token.text.trim()).toBe(token.text);
          end = token.end;
        }
      }),
      runs,
    ));

  test("no character is lost but quotation marks and the punctuation at what was taken out", () =>
    fc.assert(
      fc.property(line, moment, (text, now) => {
        const { title, tokens } = parseQuickAdd(text, now);
        const inToken = (at: number) => tokens.some(({ start, end }) => start <= at && at < end);
        const left = Array.from({ length: text.length }, (_, at) => (inToken(at) ? "" : text[at]));
        let at = 0;
        for (const unit of left.join("").replaceAll(/\s/g, "")) {
          const rest = title.slice(at).trimStart();
          if (rest.startsWith(unit)) at = title.length - rest.length + unit.length;
          else expect(unit).toMatch(/["“”|,.;:!、。–—\p{Cf}-]/u);
        }
        expect(title.slice(at)).toBe("");
        expect(title === "").toBe(text.trim() === "");
      }),
      runs,
    ));

  test("the fields say what the tokens say", () =>
    fc.assert(
      fc.property(line, moment, (text, now) => {
        const { tokens, ...fields } = parseQuickAdd(text, now);
        const saidOf = (kind: string) => tokens.find((token) => token.kind === kind)?.value;
        expect(fields.due_time).toBe(saidOf("time") ?? null);
        const ofTime = tokens.flatMap((token) => (token.kind === "time" ? [token.day] : []));
        expect(fields.due_date).toBe(saidOf("date") ?? ofTime[0] ?? null);
        expect(saidOf("date") && ofTime[0]).toBeUndefined();
        expect(fields.priority).toBe(saidOf("priority") ?? "none");
        expect(fields.due_date ?? "2026-11-18").toMatch(/^\d{4}-\d\d-\d\d$/);
        expect(fields.due_time ?? "00:00").toMatch(/^([01]\d|2[0-3]):[0-5]\d$/);
        expect(new Set(fields.tags.map((tag) => tag.toLowerCase())).size).toBe(fields.tags.length);
      }),
      runs,
    ));

  test("[Q-4] invisible signs around words change nothing but themselves", () =>
    fc.assert(
      fc.property(
        line,
        moment,
        fc.constantFrom(..."\u200b\u200e\u2060\u2066\u00ad"),
        (text, now, sign) => {
          const plain = text.replaceAll(/\p{Cf}/gu, "");
          const marked = plain.replaceAll(/\S+/g, (word) => `${sign}${word}${sign}`);
          const { title, tokens, ...fields } = parseQuickAdd(plain, now);
          const { title: markedTitle, tokens: _, ...markedFields } = parseQuickAdd(marked, now);
          expect(markedFields).toEqual(fields);
          expect(markedTitle.replaceAll(/\p{Cf}/gu, "").trim()).toBe(title);
        },
      ),
      runs,
    ));

  test("[Q-3] a time that is past means the coming one", () =>
    fc.assert(
      fc.property(day, fc.nat(1439), fc.nat(1439), (on, at, due) => {
        fc.pre(on < "9999-12-31");
        const clock = (minute: number) =>
          `${padded(Math.floor(minute / 60))}:${padded(minute % 60)}`;
        const { due_date, due_time } = parseQuickAdd(`Pay ${clock(due)}`, `${on}T${clock(at)}`);
        const ahead =
          (Date.parse(`${due_date}T${due_time}Z`) - Date.parse(`${on}T${clock(at)}Z`)) / 60_000;
        expect(ahead >= 0 && ahead < 1440).toBe(true);
      }),
    ));

  test("nothing throws", () =>
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), moment, (text, now) => {
        expect(parseQuickAdd(text, now).title.length).toBeLessThanOrEqual(text.length);
      }),
      runs,
    ));

  test("a line in quotation marks is a title", () =>
    fc.assert(
      fc.property(line, moment, (text, now) => {
        const plain = text.replaceAll(/["“”]/g, "");
        const title = plain.replaceAll(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, "");
        fc.pre(title !== "");
        for (const quoted of [`"${title}"`, `“${title}”`]) {
          expect(parseQuickAdd(quoted, now)).toMatchObject({
            title,
            tokens: [],
            due_date: null,
          });
        }
      }),
      runs,
    ));

  test("a dismissed token goes, the others stay, and without any the line is the title", () =>
    fc.assert(
      fc.property(line, moment, (text, now) => {
        const plain = text.replaceAll(/["“”]/g, "");
        const dismissed: Dismissal[] = [];
        let result = parseQuickAdd(plain, now);
        while (result.tokens.length > 0) {
          const [gone, ...others] = result.tokens;
          if (gone) dismissed.push(gone);
          const isSame = (token: Dismissal) =>
            token.kind === gone?.kind && token.text === gone.text;
          result = parseQuickAdd(plain, now, dismissed);
          expect(result.tokens.filter(isSame)).toEqual([]);
          for (const other of others.filter((token) => !isSame(token) && token.kind !== "tag")) {
            // A day and a time can depend on each other: "tonight" and "at 1".
            const { kind, text, start, end } = other;
            const same = expect.objectContaining({ kind, text, start, end });
            expect(result.tokens).toContainEqual(same);
          }
        }
        expect(result.title).toBe(plain.trim());
      }),
      runs,
    ));

  test("a weekday is the first one after today", () =>
    fc.assert(
      fc.property(day, fc.nat(6), (from, index) => {
        fc.pre(from < "9999-12-24");
        const name = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ")[index];
        const due = Date.parse(parseQuickAdd(`Pay ${name}`, `${from}T00:00`).due_date ?? "");
        expect(new Date(due).getUTCDay()).toBe(index);
        const daysAhead = (due - Date.parse(from)) / 86_400_000;
        expect(daysAhead >= 1 && daysAhead <= 7).toBe(true);
      }),
    ));

  test("a day that is named is that day", () =>
    fc.assert(
      fc.property(day, day, (from, named) => {
        expect(parseQuickAdd(`Pay ${named}`, `${from}T00:00`).due_date).toBe(named);
        const inWords = new Date(named).toLocaleDateString("en-GB", {
          day: "numeric",
          month: "long",
          timeZone: "UTC",
        });
        expect(parseQuickAdd(`Pay ${inWords} ${named.slice(0, 4)}`, `${from}T00:00`).due_date).toBe(
          named,
        );
      }),
    ));
});

describe("in every time zone", () => {
  const { TZ } = process.env;
  const inZone = (zone: string | undefined) => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  };
  afterEach(() => inZone(TZ));

  test("a line means the same, also where midnight or the day is skipped", () => {
    // Days on or before which a clock jumps: at midnight, or over a whole day.
    const days = [
      "2018-11-03",
      "2018-02-17",
      "2023-04-27",
      "2022-03-26",
      "2011-12-29",
      "2026-10-24",
    ];
    const lines =
      "today,tomorrow,Sunday,next week,in 1 day,in 2 weeks,4 Nov,2018-11-04,9am,in 1 month";
    const samples = days.flatMap((day) =>
      lines.split(",").map((line) => [`Pay ${line}`, day] as const),
    );
    const results = () => samples.map(([text, day]) => parseQuickAdd(text, `${day}T00:00`));
    inZone("UTC");
    const expected = results();
    const zones =
      "America/Sao_Paulo Asia/Beirut Africa/Cairo Pacific/Apia Pacific/Kiritimati Etc/GMT+12 " +
      "Europe/London Australia/Lord_Howe Asia/Kathmandu America/St_Johns";
    for (const zone of zones.split(" ")) {
      inZone(zone);
      expect(results()).toEqual(expected);
    }
    inZone("America/Sao_Paulo");
    expect(new Date(2018, 10, 4).getHours(), "the zone was in force").toBe(1);
  });
});

describe("the time that a long line takes grows with its length, not with the square of it", () => {
  const parts =
    'monday |on |at 9 and |due on |in 3 days |24 nov 2026 |#a |!low |"a |"a" |“a |“"a ”|- | |,|!|1|#|#a|' +
    "9:|in 1 |next |watch A |A |tue, |9am - |\u0301|#\u0301|a week on |2 weeks from |1 week and |the |" +
    "end of |tomorrow or |Fri 4 |20th |5/12 |24.11 |Mon-Fri |half past |at night |every |、|\u200b|\u2066a ";
  test.each(parts.split("|"))("of %j", (part) => {
    const read = (text: string) => void parseQuickAdd(text, now);
    const textOf = (length: number) => `x${part.repeat(length / part.length)}x`;
    expect(growsWithLength(read, textOf)).toBe(true);
  });
});
