import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { api } from "@tend/contracts";
import { generateSource } from "oazapfts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { home, newUser } from "../../support/account.ts";
import { appFetch, send } from "../../support/send.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const tsc = here("../../../../../../node_modules/typescript/bin/tsc");

const tsconfig = {
  extends: here("../../../../../../tsconfig.json"),
  compilerOptions: {
    noEmit: false,
    outDir: "out",
    rewriteRelativeImportExtensions: true,
    types: [],
    // Beyond `strict`; the generator's runtime is not written for it.
    exactOptionalPropertyTypes: false,
  },
  include: ["*.mts"],
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tend-client-"));
  // Where the client finds its runtime; a junction needs no rights on Windows.
  await symlink(here("../../../../node_modules"), join(folder, "node_modules"), "junction");
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test("[C-3] a client that an independent generator makes of the document compiles and runs the walk", async () => {
  const { text } = await send("GET", "/api/openapi.json");
  const document = join(folder, "openapi.json");
  await writeFile(document, text);
  const source = await generateSource(document);
  for (const id of Object.keys(api)) expect(source).toContain(`export function ${id}(`);

  await writeFile(join(folder, "client.mts"), source);
  await copyFile(here("../../support/generated-client/walk.mts"), join(folder, "walk.mts"));
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  const compiled = await promisify(execFile)(process.execPath, [tsc, "-p", folder]).catch(
    (error: unknown) => error,
  );
  expect(compiled).toMatchObject({ stdout: "" });

  const client: { walk(...given: [typeof fetch, string, object]): Promise<void> } = await import(
    /* @vite-ignore */ pathToFileURL(join(folder, "out/walk.mjs")).href
  );
  await client.walk(appFetch, home, newUser());
});
