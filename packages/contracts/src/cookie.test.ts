import { expect, test } from "vitest";
import { sessionCookie } from "./cookie.ts";

test.each([
  ["https://tend.example", "__Host-tend.session_token"],
  ["https://tend.example:443", "__Host-tend.session_token"],
  ["https://tend.example:8443", "__Host-tend_8443.session_token"],
  ["http://localhost", "tend.session_token"],
  ["http://localhost:80", "tend.session_token"],
  ["http://localhost:3000", "tend_3000.session_token"],
  ["http://[::1]:4000", "tend_4000.session_token"],
])("[A-1] the session of the app at %s is known by %s", (origin, name) => {
  expect(sessionCookie(origin)).toBe(name);
});
