import { expect, test } from "vitest";
import { isUnavailable } from "./database.ts";
import { ProblemError } from "./http/problem.ts";

const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });

test.each([
  [refused, true],
  [new ProblemError("overloaded"), true],
  [new ProblemError("database_unavailable"), true],
  [new ProblemError("took_too_long"), true],
  [new ProblemError("no_session"), false],
  [new ProblemError("too_many_requests"), false],
  [new TypeError("a defect"), false],
  [undefined, false],
])("[E-2] %s: nothing can be read right now: %s", (error, is) => {
  expect(isUnavailable(error)).toBe(is);
});
