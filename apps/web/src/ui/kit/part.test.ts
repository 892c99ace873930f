import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { PartMissing, part } from "./part.ts";

test("a part that did not come is asked for again the next time", async () => {
  let asked = 0;
  const load = part(async () => {
    asked++;
    if (asked === 1) throw new TypeError("Failed to fetch dynamically imported module");
    return asked;
  });
  await expect(load()).rejects.toThrow(PartMissing);
  await expect(load()).resolves.toBe(2);
});

test("every script that comes later comes as a part, which says so when it is gone", () => {
  const ui = fileURLToPath(new URL("..", import.meta.url));
  const strays = readdirSync(ui, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.ts$/.test(name))
    .filter((name) => {
      const text = readFileSync(ui + name, "utf8");
      const others = text.replaceAll(/typeof import\(|\bpart\(\(\)[^=]*=>\s*import\(/g, "");
      return /\bimport\(|\blazy\(|next\/dynamic/.test(others);
    });
  expect(strays, "Wrap it: part(() => import(…)), and show NotLoaded.").toEqual([]);
});
