import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { cp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { placesIn } from "./data-folder.ts";
import { bySuperuser, role } from "./make-database.ts";
import { findPrograms } from "./programs.ts";
import { runAs } from "./run-as.ts";
import { startEmbedded } from "./start-embedded.ts";

const home = mkdtempSync(join(tmpdir(), "tend-data-"));
const programs = findPrograms(process.env.TEND_POSTGRES);
let folders = 0;
const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ stop }) => stop()));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function start(folder: string) {
  const { TEND_POSTGRES } = process.env;
  const embedded = await startEmbedded({
    folder,
    programs: TEND_POSTGRES,
    connections: 5,
    forTests: true,
  });
  open.push(embedded);
  return embedded;
}

const newFolder = (files: Record<string, string> = {}): string => {
  const folder = join(home, String(++folders));
  for (const [name, text] of Object.entries({ ...files })) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
};

/** Each file of a folder with its bytes, and each folder with its permissions. */
const contents = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const stat = statSync(join(folder, name));
      return [name, stat.mode, stat.isFile() ? readFileSync(join(folder, name), "utf8") : ""];
    });

async function query(url: string, text: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client
    .query(text)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

describe("[C-9] a folder that holds something else is named for what it is and left untouched", () => {
  test.each<[string, Record<string, string>, RegExp]>([
    [
      "a database of an earlier version",
      { PG_VERSION: "18\n", "base/1/1": "rows" },
      /database of an earlier version of Tend \(PGlite\).*db:import-pglite/,
    ],
    [
      "one in the place where it was by default",
      { "postgres/PG_VERSION": "18\n", "postgres.lock/1_2_3_4": "" },
      /\/postgres is a database of an earlier version of Tend/,
    ],
    [
      "the data folder of a server",
      { PG_VERSION: "15\n", "postmaster.opts": "postgres" },
      /data folder of a PostgreSQL 15 server.*DATABASE_URL/,
    ],
    [
      "a database of another major version",
      { "12/PG_VERSION": "12\n", password: "secret" },
      /a database of PostgreSQL 12, and this is.*TEND_POSTGRES.*export/,
    ],
    [
      "a database that lost its version",
      { [`${programs.major}/global/pg_control`]: "bytes" },
      /is damaged: the file PG_VERSION is missing.*copy of the whole folder/,
    ],
    [
      "a database that says another version than its name",
      { [`${programs.major}/PG_VERSION`]: "9\n" },
      /is damaged: it says that it is of PostgreSQL 9/,
    ],
    [
      "other things",
      { "thesis.txt": "years of work" },
      /not Tend's \(thesis.txt\).*nothing was changed/,
    ],
  ])("%s", async (_, files, words) => {
    const folder = newFolder(files);
    chmodSync(folder, 0o755);
    const before = contents(folder);
    await expect(start(folder)).rejects.toThrow(words);
    expect(contents(folder)).toEqual(before);
    expect(statSync(folder).mode & 0o777).toBe(0o755);
  });

  test("a damaged database is said with PostgreSQL's own words", async () => {
    const folder = newFolder();
    const places = placesIn(folder, programs.major);
    await (await start(folder)).stop();
    writeFileSync(join(places.data, "global/pg_control"), "nonsense");
    await expect(start(folder)).rejects.toThrow(/cannot be started\. .*pg_control/s);
  });
});

describe("[C-9] where a folder can lie", () => {
  test.each([
    [
      "an empty folder that is there, as a mounted volume",
      (folder: string) => mkdirSync(join(folder, "lost+found"), { recursive: true }),
    ],
    ["a path of 250 characters", undefined],
    ["umlauts, spaces and quotes", undefined],
  ])("%s", async (name, prepare) => {
    const long = "x".repeat(Math.max(1, 250 - home.length - 1));
    const folder = join(home, name.startsWith("a path") ? long : `${name} 'ä" $HOME`);
    prepare?.(folder);
    const { url } = await start(folder);
    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test("a copy of the whole folder is the same database", async () => {
    const folder = newFolder();
    const first = await start(folder);
    await query(first.url, "CREATE TABLE kept AS SELECT 42 AS n");
    await first.stop();
    const copy = newFolder();
    // cpSync of Node 22 loses the permissions of folders, and PostgreSQL insists on them.
    await cp(folder, copy, { recursive: true });
    const { url } = await start(copy);
    expect(await query(url, "SELECT n FROM kept")).toEqual([{ n: 42 }]);
  });
});

describe("[C-9] other programs", () => {
  test("TEND_POSTGRES that names none says so", async () => {
    const folder = newFolder();
    const given = { folder, connections: 1, programs: home };
    await expect(startEmbedded(given)).rejects.toThrow(/no PostgreSQL runs from there/);
    expect(existsSync(folder)).toBe(false);
  });

  test("indexes are made anew where they sort by other rules than when they were made", async () => {
    const folder = newFolder();
    const places = placesIn(folder, programs.major);
    const first = await start(folder);
    await query(
      first.url,
      `CREATE TABLE names (name text COLLATE "und-x-icu"); CREATE INDEX by_name ON names (name)`,
    );
    const place = `SELECT pg_relation_filenode('by_name') AS file,
      (SELECT collversion = pg_collation_actual_version(oid) FROM pg_collation WHERE collname = 'und-x-icu') AS current`;
    const [before] = await query(first.url, place);
    await first.stop();
    const ground = { places, programs, runAs: runAs(folder), lock: undefined, settings: [] };
    bySuperuser(ground, places.data, role, [
      "UPDATE pg_collation SET collversion = '57.1' WHERE collname = 'und-x-icu'",
    ]);
    const { url } = await start(folder);
    const [after] = await query(url, place);
    expect([before.current, after.current]).toEqual([true, true]);
    expect(after.file).not.toBe(before.file);
  });
});
