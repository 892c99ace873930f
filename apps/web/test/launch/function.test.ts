import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { unwanted } from "../unwanted-files.ts";
import { web } from "./start.ts";

const root = join(web, "../..");
const app = join(web, ".next/server/app");

/** The files of each function that Vercel gets, by their paths in the repository. */
const functions = readdirSync(app, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".js.nft.json"))
  .map((list) => {
    const { files }: { files: string[] } = JSON.parse(readFileSync(join(app, list), "utf8"));
    const folder = dirname(join(app, list));
    return {
      name: list.replace(".js.nft.json", ""),
      files: files.map((file) => relative(root, join(folder, file))),
    };
  });

test("[C-7] no function holds the embedded database, a test, a compiler, a map or a secret", () => {
  expect(functions.length).toBeGreaterThan(20);
  for (const { name, files } of functions) {
    expect(
      files.filter((file) => unwanted.test(file)),
      name,
    ).toEqual([]);
  }
});

test("[C-7] a function that serves tasks stays under 6.5 MB, and a page under 6", () => {
  const bytes = (name: string) =>
    (functions.find((one) => one.name === name)?.files ?? [])
      .map((file) => statSync(join(root, file)))
      .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
  for (const [name, limit] of [
    ["api/tasks/route", 6_500_000],
    ["tasks/page", 6_000_000],
  ] as const) {
    expect(bytes(name), name).toBeGreaterThan(1_000_000);
    expect(bytes(name), name).toBeLessThan(limit);
  }
});
