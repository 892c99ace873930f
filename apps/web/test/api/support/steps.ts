import fc from "fast-check";

const fields = {
  title: fc.constantFrom(
    ...["Pay rent", "pay rent", " Äpfel ", "apfel", "Zug", "שלום", "😀"],
    ...["e\u0301t", "ét", "a-b", "10", "2"],
  ),
  description: fc.constantFrom("", "Ask\nfor it.", null),
  completed: fc.boolean(),
  priority: fc.constantFrom("none", "low", "medium", "high"),
  tags: fc.constantFrom([], ["home"], ["Home", "été"], ["work", "ETE"]),
  position: fc.constantFrom("1", "z", "zz", "a9", "aa", "aa0001", "0a"),
};

const days = ["2999-12-01", "0001-01-01", "9999-12-31"];
const times = ["00:00", "09:30", "23:59"];
const zones = ["Europe/Berlin", "Pacific/Kiritimati", "Etc/GMT+12", null];
const due = fc
  .tuple(fc.constantFrom(...days), fc.constantFrom(...times), fc.constantFrom(...zones))
  .chain(([due_date, due_time, time_zone]) =>
    fc.constantFrom({}, { due_date }, { due_date, due_time }, { due_date, due_time, time_zone }),
  );
/** Due fields of a change: some need what only the stored task can have. */
const dueChange = fc.oneof(
  due,
  fc.constantFrom(
    ...[{ due_date: null }, { due_time: null }, { time_zone: null }],
    ...[{ due_time: "12:00" }, { time_zone: "Asia/Kolkata" }, { due_date: "2999-12-02" }],
  ),
);
/** T-14, T-15, T-17 */
const filter = fc.constantFrom<Record<string, string>>(
  ...[{}, {}, {}, { tag: "HOME" }, { tag: "été" }, { priority: "high" }, { priority: "none" }],
  ...[{ due: "none" }, { due: "overdue", time_zone: "Asia/Tokyo" }],
  ...[
    { due: "upcoming", time_zone: "America/Lima" },
    { due: "today", time_zone: "UTC" },
  ],
  { tag: "home", priority: "low", due: "overdue", time_zone: "Etc/GMT-14" },
);

/** The n-th id that is known: four that clients choose, then those that the service chose. */
const place = fc.oneof({ weight: 3, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(15) });
const task = fc
  .tuple(fc.record({ ...fields, place: fc.nat(3) }, { requiredKeys: ["title"] }), due)
  .map(([task, due]) => ({ ...task, ...due }));
const change = fc
  .tuple(fc.record(fields, { requiredKeys: [] }), fc.option(dueChange, { nil: {} }))
  .map(([change, due]) => ({ ...change, ...due }));
const somethingChanged = change.filter((given) => Object.keys(given).length > 0);
const completed = fc.constantFrom(undefined, true, false);
const permanent = fc.boolean();
const key = fc.constantFrom(undefined, undefined, "a", "b");
const match = fc.constantFrom(undefined, undefined, "right", "right", "stale", "any", "weak");
const version = fc.constantFrom(undefined, undefined, "right", "right", "stale");
const limit = fc.constantFrom("1", "2", "3", "500");

const inBatch = fc.oneof(
  fc.record({ operation: fc.constant("create"), task }),
  fc.record({ operation: fc.constant("update"), place, version, change: somethingChanged }),
  fc.record({ operation: fc.constant("complete"), place, version, completed }),
  fc.record({ operation: fc.constant("delete"), place, version, permanent }),
  fc.record({ operation: fc.constant("restore"), place, version }),
);

const request = fc.oneof(
  { weight: 6, arbitrary: fc.record({ operation: fc.constant("createTask"), task, key }) },
  { weight: 2, arbitrary: fc.record({ operation: fc.constant("getTask"), place, match }) },
  {
    weight: 3,
    arbitrary: fc.record({
      operation: fc.constant("updateTask"),
      place,
      match,
      change: somethingChanged,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ operation: fc.constant("patchTask"), place, match, change }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ operation: fc.constant("completeTask"), place, match, completed }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ operation: fc.constant("deleteTask"), place, match, permanent }),
  },
  { weight: 2, arbitrary: fc.record({ operation: fc.constant("restoreTask"), place, match }) },
  {
    weight: 2,
    arbitrary: fc.record({
      operation: fc.constant("listTasks"),
      status: fc.constantFrom("all", "pending", "completed", "trashed"),
      filter,
      sort: fc.constantFrom("created", "title", "due_date", "priority", "position"),
      order: fc.constantFrom(undefined, "asc", "desc"),
      limit,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      operation: fc.constant("listChanges"),
      limit,
      // The n-th cursor that some answer gave.
      cursor: fc.option(fc.nat(9), { nil: undefined }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      operation: fc.constant("batchTasks"),
      operations: fc.array(inBatch, { minLength: 1, maxLength: 6 }),
      atomic: fc.boolean(),
      key,
    }),
  },
  // The next page of the n-th list that had one.
  { weight: 2, arbitrary: fc.record({ operation: fc.constant("next"), nth: fc.nat(9) }) },
  // The last request with an Idempotency-Key, once more.
  { weight: 1, arbitrary: fc.record({ operation: fc.constant("again") }) },
);

/** One of three people, by one of the two address forms, asks for something. */
const step = fc.record({
  who: fc.nat(2),
  form: fc.nat(1),
  foreign: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 9),
  request,
});

type Of<A> = A extends fc.Arbitrary<infer T> ? T : never;

export type Step = Of<typeof step>;
export type Request = Of<typeof request>;
export type BatchStep = Of<typeof inBatch>;

export const steps = fc.array(step, { maxLength: 60, size: "max" });
