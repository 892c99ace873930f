import { isJson, readText, textOf } from "#ui/transfer/import/formats/import-text.ts";
import { someOf } from "#ui/transfer/import/formats/remarks.ts";
import {
  findTodoist,
  readTodoist,
  type TodoistProject,
} from "#ui/transfer/import/formats/todoist/import-todoist.ts";
import {
  type FileContent,
  type FileFault,
  UnreadableFile,
} from "#ui/transfer/import/import-draft.ts";
import { unzip } from "./unzip.ts";

/** Formats that are ZIP files inside, but no archives to people. */
const workbooks: readonly (readonly [name: RegExp, words: string])[] = [
  [
    /^xl\//,
    "This is an Excel workbook. Save it as CSV UTF-8 in your spreadsheet program, and choose that file.",
  ],
  [
    /^(?:content\.xml|Index\/.*\.iwa)$/,
    "This is a document of an office program. Save it as CSV (UTF-8), and choose that file.",
  ],
  [
    /^(?:word|ppt)\//,
    "This is a document of an office program, from which no task can be told. Export your tasks as CSV or JSON, and choose that file.",
  ],
];

/** Whether an entry is a folder or a system's own file. ".NET.csv" is a project. */
const isHidden = (name: string): boolean => /(?:^|\/)(?:\._|\.DS_Store$|__MACOSX\/)|\/$/.test(name);
const isWanted = (name: string): boolean => !isHidden(name) && /\.(?:csv|json)$/i.test(name);

/**
 * reads a backup of Todoist, with a CSV for each project, or any other archive of files that can
 * be imported alone.
 *
 * @throws UnreadableFile
 */
export async function readZip(
  archive: Uint8Array,
  most: number,
  today: string,
): Promise<FileContent> {
  const { files, names } = unzip(archive, most, isWanted);
  const [, words] = workbooks.find(([pattern]) => names.some((name) => pattern.test(name))) ?? [];
  if (words !== undefined) throw new UnreadableFile(words);

  const projects: NamedProject[] = [];
  const contents: FileContent[] = [];
  const faults: FileFault[] = [];
  for (const { name, bytes } of files) {
    try {
      const text = textOf(bytes);
      const table = isJson(text, name) ? undefined : findTodoist(text);
      if (table) projects.push({ name: projectOf(name), label: name, table });
      else {
        const content = await readText(text, name, today);
        contents.push(files.length > 1 ? within(name, content) : content);
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      faults.push({ place: name, reason: error.message });
    }
  }
  if (projects.length > 0) contents.push(await readTodoist(labelled(projects), today));
  if (contents.length === 0) throw new UnreadableFile(nothing(faults));
  const others = names.filter((name) => !isHidden(name) && !isWanted(name));
  return {
    drafts: contents.flatMap(({ drafts }) => drafts),
    faults: [...faults, ...contents.flatMap((content) => content.faults)],
    remarks: [
      ...new Set(contents.flatMap(({ remarks }) => remarks)),
      ...(others.length > 0 ? [`Left out of the ZIP: ${someOf(others)}.`] : []),
    ],
  };
}

interface NamedProject extends TodoistProject {
  readonly name: string;
  readonly label: string;
}

/** The content of one file of several, with its name in places and remarks. */
const within = (file: string, { drafts, faults, remarks }: FileContent): FileContent => ({
  drafts: drafts.map((draft) => ({ ...draft, place: `${file}, ${draft.place}` })),
  faults: faults.map((fault) => ({ ...fault, place: `${file}, ${fault.place}` })),
  remarks: remarks.map((remark) => `${file}: ${remark}`),
});

/** Projects labelled by their names, or by their files' names where several share one. */
function labelled(projects: readonly NamedProject[]): readonly TodoistProject[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { name } of projects) (seen.has(name) ? twice : seen).add(name);
  return projects.map(({ label, ...project }) =>
    twice.has(project.name) ? { ...project, label } : project,
  );
}

const nothing = ([first]: readonly FileFault[]): string =>
  first
    ? `Nothing in this ZIP can be taken. ${first.place}: ${first.reason}`
    : "There is neither a CSV nor a JSON file in this ZIP. Choose another one.";

/** The project of a file: "Backup/Home [2203306141].csv" is Home. */
const projectOf = (name: string): string =>
  (name.split("/").at(-1) ?? "").replace(/\.csv$/i, "").replace(/\s*\[\d+\]$/, "");
