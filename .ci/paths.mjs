/** Part of `pnpm lint`: every path that a Markdown file cites exists. Silent when all do. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";

const root = join(import.meta.dirname, "..");
const unread = new Set(["node_modules", "generated", "test-results"]);
const hidden = new Set([".ci", ".github"]);

/** All files of the repository, without what is installed or made. */
const walk = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    const isOurs = !unread.has(entry.name) && (hidden.has(entry.name) || entry.name[0] !== ".");
    return isOurs ? walk(path) : [];
  });

const files = walk(root);
const names = new Set(files.map((path) => basename(path)));
const packages = readdirSync(join(root, "packages"));

/** Where a path in prose may begin; `db/urls.ts` is also short for `packages/db/src/urls.ts`. */
const bases = ["", "apps/web", "apps/web/src", "apps/web/test"]
  .concat(packages.map((name) => `packages/${name}/src`))
  .map((base) => join(root, base));

/** `<name>.ts` and `*.test.ts` stand for any name: their folder is looked for. */
const isThere = (cited, from) => {
  const path = cited.replace(/(?:^|\/)[^/]*[*<].*$/, "");
  if (path === "") return true;
  if (!cited.includes("/")) return names.has(path);
  const [first, ...rest] = path.split("/");
  const inPackage = packages.includes(first) ? [join(root, "packages", first, "src", ...rest)] : [];
  return [...[from, ...bases].map((base) => join(base, path)), ...inPackage].some(existsSync);
};

/** Text that looks like a file of this repository (not like `Response.json`), or a folder in it. */
const file =
  /^(?![A-Z][a-z]+\.[a-z]+$)[\w@.*<][\w@.*<>()[\]{}/-]*\.(?:css|json|m?[jt]s|md|mts|prisma|sql|svg|toml|tsx|webp|ya?ml)$/;
const folder = /^(?:apps|packages|specs|\.ci|\.github)\/[\w@.*<>()[\]{}/-]*$/;

const anchors = (text) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

/** The lines that are not code, by their numbers. */
function* prose(text) {
  let fence = "";
  for (const [index, line] of text.split("\n").entries()) {
    const mark = /^\s*(`{3,})/.exec(line)?.[1];
    if (mark && (fence === "" || mark === fence)) fence = fence === "" ? mark : "";
    else if (fence === "") yield [index + 1, line];
  }
}

function faultsOf(path) {
  const found = [];
  const from = dirname(path);
  for (const [number, line] of prose(readFileSync(path, "utf8"))) {
    const say = (what) => found.push(`${relative(root, path)}:${number}: ${what}`);
    for (const [, target] of line.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [to, anchor] = target.split("#");
      const aim = to === "" ? path : join(from, to);
      if (!existsSync(aim)) say(`there is no ${to}`);
      else if (anchor && !anchors(readFileSync(aim, "utf8")).includes(anchor))
        say(`${to} has no heading #${anchor}`);
    }
    // A changelog tells of what was: its names may be former ones.
    if (basename(path) === "CHANGELOG.md") continue;
    for (const [, cited] of line.matchAll(/`([^`]+)`/g)) {
      if ((file.test(cited) || folder.test(cited)) && !isThere(cited, from))
        say(`there is no ${cited}`);
    }
  }
  return found;
}

const faults = files.filter((path) => path.endsWith(".md")).flatMap(faultsOf);
if (faults.length > 0) {
  console.error(`${faults.join("\n")}\nWrite the present name, or a placeholder as in <name>.ts.`);
  process.exitCode = 1;
}
