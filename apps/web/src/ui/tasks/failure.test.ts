import { ApiError, UnreachableError } from "@tend/contracts/client";
import { expect, test } from "vitest";
import { readFailure } from "./failure.ts";

const answered = (status: number, code: string, retryAfter?: number) =>
  readFailure(
    new ApiError(
      {
        type: `/docs#${code}`,
        title: `Title of ${code}`,
        status,
        code,
        detail: `Detail of ${code}.`,
        request_id: "request",
        ...(status === 422 && { errors: [{ path: ["body", "title"], message: "Mend it." }] }),
      },
      retryAfter,
    ),
  );

test("no answer, a defect, a pause: trouble that may pass", () => {
  expect(readFailure(new UnreachableError(new Error("down"))).is).toBe("trouble");
  expect(readFailure(new TypeError("anything else")).is).toBe("trouble");
  expect(answered(500, "internal_error").is).toBe("trouble");
  expect(answered(503, "database_unavailable", 2)).toEqual({
    is: "trouble",
    reason: "Title of database_unavailable.",
    retryAfter: 2,
  });
  expect(answered(429, "too_many_requests", 7)).toMatchObject({ is: "trouble", retryAfter: 7 });
});

test("no session, or that of somebody else: signed out", () => {
  expect(answered(401, "no_session").is).toBe("signed out");
  expect(answered(403, "forbidden").is).toBe("signed out");
});

test("what the server will not take: refused, with the first fault in words", () => {
  expect(answered(422, "validation_failed")).toEqual({ is: "refused", reason: "Mend it." });
  expect(answered(413, "body_too_large").is).toBe("refused");
});

test("a task that is gone, and one that is there already", () => {
  expect(answered(404, "task_not_found").is).toBe("missing");
  expect(answered(409, "id_already_used").is).toBe("present");
});
