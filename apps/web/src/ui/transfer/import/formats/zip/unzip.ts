import { Unzip, UnzipInflate } from "fflate";
import { UnreadableFile } from "#ui/transfer/import/import-draft.ts";
import { crc32, directoryOf } from "./zip-directory.ts";

export interface Unpacked {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The bytes of a step, few enough that little is unpacked beyond the bound. */
const piece = 16 * 1024;

const damaged =
  "This ZIP is damaged, not whole, or locked with a password. Unpack it on your device, and choose the file of tasks that is in it.";

/**
 * Unpacks the files that are wanted by name, and gives all names. Stops at `most` unpacked bytes,
 * whatever sizes the archive claims. A damaged one is refused, by its directory and the CRC-32.
 * @throws UnreadableFile
 */
export function unzip(
  archive: Uint8Array,
  most: number,
  isWanted: (name: string) => boolean,
): { files: readonly Unpacked[]; names: readonly string[] } {
  const directory = directoryOf(archive);
  if (!directory) throw new UnreadableFile(damaged);
  const crcs = new Set(directory);
  const names: string[] = [];
  const open = new Map<string, Uint8Array[]>();
  const files: Unpacked[] = [];
  let size = 0;
  const unpacking = new Unzip((entry) => {
    const { name } = entry;
    names.push(name);
    if (!isWanted(name)) return;
    const parts: Uint8Array[] = [];
    open.set(name, parts);
    entry.ondata = (error, part, isLast) => {
      if (error) throw error;
      size += part.length;
      if (size > most) throw tooLarge(most);
      parts.push(part);
      if (!isLast) return;
      open.delete(name);
      files.push({ name, bytes: joined(parts) });
    };
    entry.start();
  });
  unpacking.register(UnzipInflate);
  try {
    for (let from = 0; from < archive.length; from += piece) {
      const end = Math.min(from + piece, archive.length);
      unpacking.push(archive.subarray(from, end), end === archive.length);
    }
  } catch (error) {
    throw error instanceof UnreadableFile ? error : new UnreadableFile(damaged);
  }
  const isWhole = open.size === 0 && names.length === directory.length;
  if (!isWhole || files.some(({ bytes }) => !crcs.has(crc32(bytes)))) {
    throw new UnreadableFile(damaged);
  }
  return { files, names };
}

const tooLarge = (most: number) =>
  new UnreadableFile(
    `What is in this ZIP is larger than ${most / 1024 / 1024} MB, the most that can be read here. Unpack it on your device, and choose its files one by one.`,
  );

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
