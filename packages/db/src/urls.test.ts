import { expect, test } from "vitest";
import { databaseUrls } from "./urls.ts";

test.each<[string, Record<string, string>, string | undefined, string | undefined]>([
  ["nothing", {}, undefined, undefined],
  ["DATABASE_URL", { DATABASE_URL: "a" }, "a", "a"],
  ["its alias", { NEON_DB_URL: "a" }, "a", "a"],
  ["both: the name wins over the alias", { DATABASE_URL: "a", NEON_DB_URL: "b" }, "a", "a"],
  ["an empty one, which counts as none", { DATABASE_URL: "", NEON_DB_URL: "b" }, "b", "b"],
  ["DIRECT_URL too", { DATABASE_URL: "a", DIRECT_URL: "d" }, "a", "d"],
  ["its alias", { DATABASE_URL: "a", DATABASE_URL_UNPOOLED: "d" }, "a", "d"],
  [
    "both: the name wins over the alias",
    { DATABASE_URL: "a", DIRECT_URL: "d", DATABASE_URL_UNPOOLED: "e" },
    "a",
    "d",
  ],
  ["an empty one, which counts as none", { DATABASE_URL: "a", DIRECT_URL: "" }, "a", "a"],
  ["a direct one alone, which then serves requests too", { DIRECT_URL: "d" }, "d", "d"],
])("[C-4] %s", (_, env, url, direct) => {
  expect(databaseUrls(env)).toEqual({ url, direct });
});
