import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeStorage } from "#ui/tasks/testing.ts";
import {
  clearActiveUser,
  getAbsent,
  getActivePerson,
  markSessionOver,
  presenceOf,
  setActiveUser,
} from "./active-user.ts";

const ada = { id: "ada", name: "Ada Lovelace", email: "ada@example.com" };
const grace = { id: "grace", name: "Grace Hopper", email: "grace@example.org" };

let localStorage: Storage;
const stored = () => JSON.stringify({ ...localStorage });

beforeEach(() => {
  localStorage = makeStorage();
  vi.stubGlobal("window", { localStorage });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test("[D-3] who signs in is here, and their address is stored masked alone", () => {
  setActiveUser(ada);
  expect(getActivePerson()).toEqual({ id: "ada", name: "Ada Lovelace" });
  expect(presenceOf("ada")).toBe("here");
  expect(getAbsent()).toEqual([]);
  expect(stored()).not.toContain(ada.email);
});

test("[D-3] of a session that is over the name goes, and what waits can be told whose it is", () => {
  setActiveUser(ada);
  markSessionOver("ada");
  expect(getActivePerson()).toBeUndefined();
  expect(presenceOf("ada")).toBe("over");
  expect(getAbsent()).toEqual([{ id: "ada", email: "a…@e….com" }]);
  expect(stored()).not.toMatch(/Ada|example/);
  // Another tab finds it out, too.
  markSessionOver("ada");
  expect(getAbsent()).toEqual([{ id: "ada", email: "a…@e….com" }]);
});

test("who signs in again is here again", () => {
  setActiveUser(ada);
  markSessionOver("ada");
  setActiveUser(ada);
  expect(presenceOf("ada")).toBe("here");
  expect(getAbsent()).toEqual([]);
});

test("[D-4] where somebody else signs in, the session of whoever was here is over", () => {
  setActiveUser(ada);
  setActiveUser(grace);
  expect([presenceOf("ada"), presenceOf("grace")]).toEqual(["gone", "here"]);
  expect(getAbsent()).toEqual([{ id: "ada", email: "a…@e….com" }]);
  // The tab of the former finds out that its session is over: the other one stays.
  markSessionOver("ada");
  expect(presenceOf("grace")).toBe("here");
});

test("[D-1] who has signed out is gone", () => {
  setActiveUser(ada);
  clearActiveUser();
  expect(presenceOf("ada")).toBe("gone");
});

test("somebody of whom an older version kept something is absent, by no name", () => {
  localStorage.setItem("tend:draft:ada:new", "Half a thou");
  localStorage.setItem("tend:here", "grace");
  localStorage.setItem("theirs", "not of this app");
  expect(getAbsent()).toEqual([{ id: "ada", email: "" }]);
});

test("a browser without storage knows nobody", () => {
  vi.stubGlobal("window", {});
  setActiveUser(ada);
  markSessionOver("ada");
  expect(presenceOf("ada")).toBe("gone");
  expect(getAbsent()).toEqual([]);
});
