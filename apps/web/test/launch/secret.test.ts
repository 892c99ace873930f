import { chown, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeSecret } from "../../runtime/secret.ts";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tend-secret-"));
  file = join(folder, ".env");
});

afterEach(() => rm(folder, { recursive: true }));

test("[C-4] the secret is new each time, long enough, and appended to what is there", async () => {
  await writeFile(file, "PORT=4000\n");
  const secrets = [makeSecret(file), makeSecret(file)];
  expect(new Set(secrets).size).toBe(2);
  for (const secret of secrets) expect(secret.length).toBeGreaterThanOrEqual(32);
  const lines = secrets.map((secret) => `BETTER_AUTH_SECRET=${secret}\n`);
  expect(await readFile(file, "utf8")).toBe(["PORT=4000\n", ...lines].join(""));
});

test.skipIf(process.platform === "win32")("[C-4] nobody but its owner can read it", async () => {
  makeSecret(file);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test.skipIf(process.getuid?.() !== 0)(
  "[C-4] made by root in somebody's folder it is theirs; a file that was there keeps its owner",
  async () => {
    await chown(folder, 65534, 65533);
    makeSecret(file);
    expect(await stat(file)).toMatchObject({ uid: 65534, gid: 65533 });
    await chown(file, 0, 0);
    makeSecret(file);
    expect(await stat(file)).toMatchObject({ uid: 0, gid: 0 });
  },
);
