import { UnreachableError } from "@tend/contracts/client";
import { afterEach, expect, test, vi } from "vitest";
import { part } from "#ui/kit/part.ts";
import { makeApiError } from "#ui/tasks/testing.ts";
import { readFailure, readResult, reasonOf } from "./failure.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const answered = (...given: Parameters<typeof makeApiError>) => readFailure(makeApiError(...given));

test("no answer, one that came too late, a pause: trouble that may pass", () => {
  expect(readFailure(new UnreachableError(new Error("down"))).is).toBe("trouble");
  expect(readFailure(new UnreachableError(AbortSignal.abort().reason)).is).toBe("trouble");
  expect(answered(500, "internal_error").is).toBe("trouble");
  expect(answered(503, "database_unavailable", { retryAfter: 2 })).toEqual({
    is: "trouble",
    reason: "Title of database_unavailable.",
    retryAfter: 2,
  });
  expect(answered(429, "too_many_requests", { retryAfter: 7 })).toMatchObject({
    is: "trouble",
    retryAfter: 7,
  });
});

test("no session, or that of somebody else: signed out", () => {
  expect(answered(401, "no_session").is).toBe("signed out");
  expect(answered(403, "forbidden").is).toBe("signed out");
});

test("no room for more: full, in the server's words", () => {
  expect(answered(422, "quota_exceeded")).toEqual({
    is: "full",
    reason: "Detail of quota_exceeded.",
  });
});

test("a request that did not arrive in time is sent again", () => {
  expect(answered(408, "request_timeout").is).toBe("trouble");
});

test("what the server will not take: refused, with the first fault in words", () => {
  expect(
    answered(422, "validation_failed", {
      errors: [{ path: ["body", "title"], message: "Mend it." }],
    }),
  ).toEqual({ is: "refused", reason: "Mend it." });
  expect(answered(413, "body_too_large").is).toBe("refused");
});

test("a task that is gone, and one that is there already", () => {
  expect(answered(404, "task_not_found").is).toBe("missing");
  expect(answered(409, "id_already_used").is).toBe("present");
});

test("a result of a batch is read as the answer that it would be alone", () => {
  expect(readResult({ status: 204 })).toBeUndefined();
  const { problem } = makeApiError(404, "task_not_found");
  expect(readResult({ status: 404, problem })).toEqual({ is: "missing" });
  expect(readResult(undefined)?.is).toBe("trouble");
});

test("[FR-017] a defect of our own is said as such, logged once, and not asked again", () => {
  const log = vi.spyOn(console, "error").mockReturnValue();
  const defect = new TypeError("undefined is not a function");
  expect(readFailure(defect).is).toBe("broken");
  expect(reasonOf(defect)).toBe("The app made a mistake. Reload the page to go on.");
  expect(log.mock.calls).toEqual([[defect]]);
  readFailure(new TypeError("undefined is not a function"));
  expect(log).toHaveBeenCalledTimes(2);
});

test("a part that did not come is no defect: it says so itself", async () => {
  const log = vi.spyOn(console, "error").mockReturnValue();
  const missing = await part(() => Promise.reject(new TypeError("gone")))().catch((error) => error);
  expect(readFailure(missing)).toEqual({ is: "broken", reason: missing.message });
  expect(log).not.toHaveBeenCalled();
});
