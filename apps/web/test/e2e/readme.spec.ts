import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";

test.skip(process.platform === "win32", "the walk is written for a POSIX shell");

test("[C-3] the README's walk with curl does what it says, block by block", async ({ baseURL }, {
  project,
}) => {
  test.skip(project.name !== "1280", "the walk has no screen");
  const readme = await readFile(new URL("../../../../README.md", import.meta.url), "utf8");
  const walk = /<!-- walk -->(.*?)<!-- \/walk -->/s.exec(readme)?.[1] ?? "";
  const blocks = [...walk.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block);
  expect(blocks.length).toBeGreaterThan(2);
  const script = blocks.join("\n").replaceAll("http://localhost:3000", baseURL ?? "");
  const { stdout } = await promisify(execFile)("sh", ["-euc", script], { cwd: tmpdir() });
  for (const sign of ['"title":"', '"completed":true', " 204"]) expect(stdout).toContain(sign);
});
