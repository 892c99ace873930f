import type { Problem } from "@tend/contracts";
import { ApiError, UnreachableError } from "@tend/contracts/client";
import { describe, expect, test, vi } from "vitest";
import { errorsOfPerson, signInErrorsOf } from "./sign-in-errors.ts";

const ada = { name: "Ada", email: "ada@example.com", password: "correct horse" };

describe("before the server is asked", () => {
  test("nothing is wrong with a whole person", () => {
    expect(errorsOfPerson("sign-up", ada)).toEqual({});
    expect(errorsOfPerson("sign-in", { ...ada, name: "" })).toEqual({});
  });

  test("every empty field is named", () => {
    const nobody = { name: " ", email: "", password: "" };
    expect(Object.keys(errorsOfPerson("sign-up", nobody))).toEqual(["name", "email", "password"]);
    expect(Object.keys(errorsOfPerson("sign-in", nobody))).toEqual(["email", "password"]);
  });

  test("a password is counted as the contract counts it", () => {
    expect(errorsOfPerson("sign-up", { ...ada, password: "🌱".repeat(7) })).toHaveProperty(
      "password",
    );
    expect(errorsOfPerson("sign-up", { ...ada, password: "🌱".repeat(8) })).toEqual({});
    expect(errorsOfPerson("sign-up", { ...ada, password: "x".repeat(129) })).toHaveProperty(
      "password",
    );
  });

  test("an old password of any length may sign in", () => {
    expect(errorsOfPerson("sign-in", { ...ada, password: "x" })).toEqual({});
  });
});

describe("after the server answered", () => {
  const answer = (code: string, retryAfter?: number, errors?: Problem["errors"]) => {
    const problem = { code, detail: "", type: "", title: "", status: 400, request_id: "" };
    return signInErrorsOf(new ApiError({ ...problem, ...(errors && { errors }) }, retryAfter));
  };

  test("wrong credentials do not say which half is wrong", () => {
    expect(answer("invalid_email_or_password")).toEqual({
      form: "That email and password do not match an account. Check both and try again.",
    });
  });

  test("a taken email offers to sign in", () => {
    expect(answer("user_already_exists")).toEqual({ taken: true });
  });

  test("too many tries say the seconds", () => {
    expect(answer("too_many_requests", 42).form).toContain("Wait 42 seconds");
    expect(answer("too_many_requests", 1).form).toContain("Wait 1 second and");
  });

  test("faults go to their fields, the first of each", () => {
    const faults = answer("validation_failed", undefined, [
      { path: ["body", "email"], message: "First." },
      { path: ["body", "email"], message: "Second." },
      { path: ["body"], message: "Whole." },
    ]);
    expect(faults).toEqual({ email: "First.", form: "Whole." });
  });

  test("a server that cannot be reached says what to do", () => {
    expect(signInErrorsOf(new UnreachableError(undefined)).form).toContain("try again");
  });

  test("a defect of our own is said as such, and logged", () => {
    const log = vi.spyOn(console, "error").mockReturnValue();
    const defect = new TypeError("defect");
    expect(signInErrorsOf(defect).form).toContain("The app made a mistake");
    expect(log.mock.calls).toEqual([[defect]]);
    log.mockRestore();
  });
});
