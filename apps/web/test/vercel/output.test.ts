import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { addressForms, api, type Operation } from "@tend/contracts";
import { expect, test } from "vitest";
import { unwanted } from "../unwanted-files.ts";
import { type BuiltFunction, readOutput } from "./output.ts";

const { outputs } = readOutput(process.env.TEND_VERCEL_OUTPUT ?? "");

const built = [...outputs].flatMap(([path, output]) =>
  output.kind === "function" ? [{ path, ...output.built }] : [],
);

/** The functions, each once: one may stand at many paths. */
const functions = new Map(built.map((one) => [one.folder, one]));

/** The files of a function, without links: their targets are in the folder already. */
const filesOf = ({ folder }: BuiltFunction) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

const at = (path: string): BuiltFunction => {
  const found = built.find((one) => one.path === path);
  if (!found) throw new Error(`The build has no function at ${path}.`);
  return found;
};

test("[C-7] no function holds the embedded database, a test, a compiler, a map or a secret", () => {
  expect(functions.size).toBeGreaterThan(2);
  for (const one of functions.values()) {
    expect(
      filesOf(one).filter((file) => unwanted.test(file.slice(one.folder.length))),
      one.path,
    ).toEqual([]);
  }
});

test("[C-7] one function serves every address of the API, and another every page", () => {
  const addresses = Object.values<Operation>(api).flatMap(({ path }) => addressForms(path));
  const forms = addresses.map((form) => form.replaceAll("{", "[").replaceAll("}", "]"));
  expect(new Set(forms.map((form) => at(form).folder)).size).toBe(1);
  const pages = ["/", "/sign-in", "/sign-up", "/tasks", "/account", "/docs", "/offline"];
  expect(new Set(pages.map((page) => at(page).folder)).size).toBe(1);
});

test.each([
  ["the API", "/api/tasks", 8_000_000],
  ["the pages", "/tasks", 7_700_000],
  ["the middleware", "/_middleware", 1_200_000],
])("[C-7] the function of %s is small", (_, path, limit) => {
  const sizes = filesOf(at(path)).map((file) => statSync(file).size);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  expect(bytes).toBeGreaterThan(limit / 3);
  expect(bytes).toBeLessThan(limit);
});
