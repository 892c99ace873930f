import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockFolder } from "./folder-lock.ts";

const module = new URL("./folder-lock.ts", import.meta.url).href;
const children: ChildProcess[] = [];
let home: string;
let folder: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "tend-lock-"));
  folder = join(home, "data");
});

afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  rmSync(home, { recursive: true, force: true });
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** A process that takes the lock at its first line of input, says how it went, and then stays. */
async function contender() {
  const code = `
    import { lockFolder } from ${JSON.stringify(module)};
    console.log("ready");
    process.stdin.once("data", () => lockFolder(${JSON.stringify(folder)}).then(
      () => console.log("locked"), (error) => console.log(error.message)));`;
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "--eval", code],
    { cwd: new URL("..", import.meta.url), stdio: ["pipe", "pipe", "inherit"] },
  );
  children.push(child);
  await once(child.stdout, "data");
  return {
    child,
    async lock(): Promise<string> {
      child.stdin.write("\n");
      const [said] = await once(child.stdout, "data");
      return String(said).trim();
    },
  };
}

/** Leaves the trace of a process that took the lock and never gave it back. */
function leaveClaim(pid: number, mark: string): void {
  mkdirSync(`${folder}.lock`, { recursive: true });
  writeFileSync(join(`${folder}.lock`, `${pid}_1700000000000_${mark}_abcdef01`), "");
}

test("a folder that is free can be locked, given back, and locked again", async () => {
  for (let i = 0; i < 3; i++) {
    const unlock = await lockFolder(folder);
    unlock();
    unlock();
  }
  expect(readdirSync(home)).toEqual([]);
});

test("the second lock on a folder is refused, saying who has it, since when and what to do", async () => {
  const unlock = await lockFolder(folder);
  const refused = lockFolder(folder);
  await expect(refused).rejects.toThrow(`in use by process ${process.pid}, since 20`);
  await expect(refused).rejects.toThrow(`Stop process ${process.pid}, or choose another folder`);
  unlock();
  (await lockFolder(folder))();
});

test("a lock held by another process is refused with its process id", async () => {
  const { child, lock } = await contender();
  expect(await lock()).toBe("locked");
  await expect(lockFolder(folder)).rejects.toThrow(`process ${child.pid}`);
});

test("the lock of a killed process is taken over", async () => {
  const { child, lock } = await contender();
  expect(await lock()).toBe("locked");
  await kill(child);
  expect(readdirSync(`${folder}.lock`)).toHaveLength(1);
  const unlock = await lockFolder(folder);
  expect(readdirSync(`${folder}.lock`)).toHaveLength(1);
  unlock();
});

test("of processes that start at once over a stale lock exactly one gets it", async () => {
  const { child, lock } = await contender();
  expect(await lock()).toBe("locked");
  const rivals = await Promise.all(Array.from({ length: 4 }, contender));
  await kill(child);
  const outcomes = await Promise.all(rivals.map((rival) => rival.lock()));
  const winner = rivals[outcomes.indexOf("locked")];
  expect(outcomes.filter((outcome) => outcome === "locked")).toHaveLength(1);
  for (const outcome of outcomes.filter((outcome) => outcome !== "locked")) {
    expect(outcome).toContain("is in use by process");
  }
  await expect(lockFolder(folder)).rejects.toThrow(`process ${winner?.child.pid}`);
});

test.skipIf(process.platform === "win32")(
  "a lock whose process id went to another process since is taken over",
  async () => {
    leaveClaim(process.ppid, "0123456789ab");
    (await lockFolder(folder))();
  },
);

test("a lock is left alone where the process cannot be told from an earlier one", async () => {
  leaveClaim(process.ppid, "unknown");
  const claim = readdirSync(`${folder}.lock`)[0] ?? "";
  await expect(lockFolder(folder)).rejects.toThrow(`delete ${join(`${folder}.lock`, claim)}`);
  expect(existsSync(join(`${folder}.lock`, claim))).toBe(true);
});

test.skipIf(process.platform === "win32")("a folder has one lock under all its names", async () => {
  mkdirSync(folder);
  symlinkSync(folder, join(home, "alias"));
  const unlock = await lockFolder(join(home, "alias"));
  await expect(lockFolder(join(home, ".", "data"))).rejects.toThrow("in use");
  unlock();
});
