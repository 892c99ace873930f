import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const module = new URL("./start-embedded.ts", import.meta.url).href;
const isRoot = process.getuid?.() === 0 && process.platform === "linux";
const home = mkdtempSync(join(tmpdir(), "tend-run-as-"));
/** The ids of a user of this machine, and of the one without rights. */
const [person, nobody] = [12_345, 65_534];
let folders = 0;

beforeAll(() => chmodSync(home, 0o755));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** A start writes one row more; gives the rows, and as whom the server and its superuser ran. */
function startOn(folder: string, before: readonly string[] = []) {
  const code = `
    import pg from "pg";
    import { readdirSync, readFileSync } from "node:fs";
    import { startEmbedded } from ${JSON.stringify(module)};
    const folder = ${JSON.stringify(folder)};
    const { url, stop } = await startEmbedded({ folder, programs: process.env.TEND_POSTGRES, connections: 1, forTests: true });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query("CREATE TABLE IF NOT EXISTS starts (n serial)");
    await client.query("INSERT INTO starts DEFAULT VALUES");
    const { rows } = await client.query("SELECT n FROM starts ORDER BY n");
    await client.end();
    const major = readdirSync(folder).find((name) => /^\\d+$/.test(name));
    const [pid] = readFileSync(folder + "/" + major + "/postmaster.pid", "utf8").split("\\n");
    const [, uid] = /^Uid:\\s+(\\d+)/m.exec(readFileSync("/proc/" + pid + "/status", "utf8"));
    await stop();
    console.log(JSON.stringify({ rows: rows.map(({ n }) => n), uid: Number(uid) }));`;
  const node = [process.execPath, "--import", "tsx", "--input-type=module", "--eval", code];
  const [file = "", ...args] = [...before, ...node];
  const { stdout, stderr } = spawnSync(file, args, {
    cwd: new URL("../..", import.meta.url),
    encoding: "utf8",
  });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout) as { rows: number[]; uid: number };
}

const folderOf = (uid: number): string => {
  const folder = join(home, String(++folders));
  mkdirSync(folder);
  chownSync(folder, uid, uid);
  return folder;
};

/** A root as in Docker's default: `unshare --user` is refused to processes behind `chroot`. */
const refused = [
  ...["unshare", "--mount", "sh", "-c"],
  `mkdir -p "$0" && mount --rbind / "$0" && exec chroot "$0" sh -c 'cd "$0" && exec "$@"' "$PWD" "$@"`,
  join(home, "root"),
];
const asPerson = ["setpriv", `--reuid=${person}`, `--regid=${person}`, "--clear-groups", "--"];

describe.skipIf(!isRoot)("[C-9] as root", () => {
  test("in root's own folder: behind unshare, where refused as nobody, and back", () => {
    const folder = folderOf(0);
    expect(startOn(folder)).toEqual({ rows: [1], uid: 0 });
    expect(startOn(folder, refused)).toEqual({ rows: [1, 2], uid: nobody });
    expect(statSync(join(folder, "password")).uid).toBe(nobody);
    expect(startOn(folder, refused)).toEqual({ rows: [1, 2, 3], uid: nobody });
    expect(startOn(folder)).toEqual({ rows: [1, 2, 3, 4], uid: 0 });
    expect(statSync(folder).uid).toBe(0);
  });

  test("first where unshare is refused: as nobody, and back", () => {
    const folder = folderOf(0);
    expect(startOn(folder, refused)).toEqual({ rows: [1], uid: nobody });
    expect(startOn(folder)).toEqual({ rows: [1, 2], uid: 0 });
  });

  test("in a person's folder: as that person, who can go on without root, and root again", () => {
    const own = folderOf(person);
    // The folder does not exist yet, as in a checkout in which `sudo pnpm start` comes first.
    const folder = join(own, "a/b");
    expect(startOn(folder)).toEqual({ rows: [1], uid: person });
    expect(statSync(join(own, "a")).uid).toBe(person);
    expect(startOn(folder, asPerson)).toEqual({ rows: [1, 2], uid: person });
    expect(startOn(folder, refused)).toEqual({ rows: [1, 2, 3], uid: person });
    expect(startOn(folder, asPerson)).toEqual({ rows: [1, 2, 3, 4], uid: person });
  });

  test("a folder that cannot be shut, another's or on a drive without permissions, is said", () => {
    const folder = folderOf(0);
    expect(() => startOn(folder, asPerson)).toThrow(/cannot be shut.*Set TEND_DATA.*in your home/);
  });

  test.each([
    ["a full disk", "mount -t tmpfs -o size=20m tmpfs", /The disk is full\. Make room/],
    [
      "a disk that cannot be written to",
      "mount -t tmpfs -o ro tmpfs",
      /cannot be made.*EROFS|drive cannot be written/,
    ],
  ])("%s is said", (_, mount, words) => {
    const drive = folderOf(0);
    const on = ["unshare", "--mount", "sh", "-c", `${mount} ${drive} && exec "$@"`, "sh"];
    expect(() => startOn(join(drive, "data"), on)).toThrow(words);
  });

  test("root's folder is said to a person who cannot read it", () => {
    const folder = folderOf(0);
    startOn(folder);
    expect(() => startOn(folder, asPerson)).toThrow(
      /cannot be read.*Start Tend as the user who owns it/,
    );
  });
});

test.skipIf(isRoot || process.platform === "win32")("[C-9] as an ordinary user: as oneself", () => {
  expect(startOn(join(home, "own"))).toEqual({ rows: [1], uid: process.getuid?.() });
});
