const endSignature = 0x06054b50;
const endSize = 22;
const longestComment = 0xffff;
const entrySignature = 0x02014b50;
const entrySize = 46;

/**
 * The CRC-32 of each file, from the directory at the end of an archive; undefined where that is
 * missing or incomplete, as in a truncated archive.
 */
export function directoryOf(archive: Uint8Array): readonly number[] | undefined {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = endOf(view);
  if (end === undefined) return undefined;
  const { count, start } = countAndStart(view, end);
  const crcs: number[] = [];
  let at = start;
  while (at + entrySize <= end && view.getUint32(at, true) === entrySignature) {
    crcs.push(view.getUint32(at + 16, true));
    // Each entry is followed by its name, extra fields and a comment.
    const [name = 0, extra = 0, comment = 0] = [28, 30, 32].map((to) =>
      view.getUint16(at + to, true),
    );
    at += entrySize + name + extra + comment;
  }
  return crcs.length === count ? crcs : undefined;
}

function endOf(view: DataView): number | undefined {
  const last = view.byteLength - endSize;
  for (let at = last; at >= Math.max(0, last - longestComment); at--) {
    if (view.getUint32(at, true) === endSignature) return at;
  }
  return undefined;
}

/** The number of entries, and their start. Some programs write both as ZIP64, also if small. */
function countAndStart(view: DataView, end: number) {
  const locator = end - 20;
  if (locator >= 0 && view.getUint32(locator, true) === 0x07064b50) {
    const at = view.getUint32(locator + 8, true);
    if (at + 56 <= locator && view.getUint32(at, true) === 0x06064b50) {
      return { count: view.getUint32(at + 32, true), start: view.getUint32(at + 48, true) };
    }
  }
  return { count: view.getUint16(end + 10, true), start: view.getUint32(end + 16, true) };
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}
