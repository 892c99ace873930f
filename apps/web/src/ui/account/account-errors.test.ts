import { UnreachableError } from "@tend/contracts/client";
import { afterEach, expect, test, vi } from "vitest";
import { makeApiError } from "#ui/tasks/testing.ts";
import { accountErrorsOf } from "./account-errors.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test.each(["password", "current_password"] as const)(
  "a wrong password is the fault of %s",
  (field) => {
    const error = makeApiError(401, "invalid_email_or_password");
    expect(Object.keys(accountErrorsOf(error, field))).toEqual([field]);
  },
);

test("a new password that is refused says why", () => {
  const errors = [{ path: ["body", "new_password"], message: "Too common." }];
  const error = makeApiError(422, "validation_failed", { errors });
  expect(accountErrorsOf(error, "current_password")).toEqual({ new_password: "Too common." });
});

test.each(["password", "current_password"] as const)(
  "a fault of the password that is asked for stands at the field %s",
  (field) => {
    const errors = [{ path: ["body", field], message: "Leave out the NUL character." }];
    const error = makeApiError(422, "validation_failed", { errors });
    expect(accountErrorsOf(error, field)).toEqual({ [field]: "Leave out the NUL character." });
  },
);

test("what no field is to blame for stands at the form, with what to do", () => {
  const guessed = makeApiError(429, "too_many_requests", { retryAfter: 42 });
  expect(accountErrorsOf(guessed, "password").form).toContain("Wait 42 seconds");
  expect(accountErrorsOf(new UnreachableError(undefined), "password").form).toContain("try again");
  const log = vi.spyOn(console, "error").mockReturnValue();
  const defect = new TypeError("defect");
  expect(accountErrorsOf(defect, "password").form).toContain("The app made a mistake");
  expect(log.mock.calls).toEqual([[defect]]);
});

test("without a session one is led to signing in, and back", () => {
  const assign = vi.fn();
  vi.stubGlobal("location", { pathname: "/account", search: "", assign });
  expect(accountErrorsOf(makeApiError(401, "no_session"), "password")).toEqual({});
  expect(assign).toHaveBeenCalledWith("/sign-in?next=%2Faccount");
});
