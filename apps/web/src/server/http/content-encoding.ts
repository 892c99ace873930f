import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** Characters from which encoding pays: a shorter answer fits into one packet as it is. */
const leastLength = 1_024;

const encoders = {
  br: (text: string) =>
    promisify(brotliCompress)(text, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 4,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        // A window of 1 MB: the usual one has each answer hold 16.
        [constants.BROTLI_PARAM_LGWIN]: 20,
        [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
      },
    }),
  gzip: (text: string) => promisify(gzip)(text),
} satisfies Record<string, (text: string) => Promise<Buffer>>;

export type Encoding = keyof typeof encoders;

export const encode = (encoding: Encoding, text: string): Promise<Buffer> =>
  encoders[encoding](text);

/** Whether an answer may be encoded: not where it is short, or says `no-transform`. */
export const isEncodable = (body: string | null, cacheControl: unknown): body is string =>
  body !== null && body.length >= leastLength && !String(cacheControl).includes("no-transform");

/** RFC 9110, 12.5.3: the encoding that the caller prefers, of equals the first; undefined: none. */
export function encodingFor(accepted: string | undefined): Encoding | undefined {
  if (accepted === undefined) return undefined;
  const weights = new Map(accepted.toLowerCase().split(",").map(weighed));
  const weightOf = (name: string) => weights.get(name) ?? weights.get("*") ?? 0;
  // `x-gzip` is the older name of it.
  const gzipWeight = weights.get("gzip") ?? weights.get("x-gzip") ?? weightOf("gzip");
  const [first, second]: [Encoding, number][] = [
    ["br", weightOf("br")],
    ["gzip", gzipWeight],
  ];
  const [name, weight] = second && first && second[1] > first[1] ? second : (first ?? ["br", 0]);
  // No encoding (`identity`) is acceptable by default, but ranks behind all that is named.
  return weight > 0 && weight >= (weights.get("identity") ?? 0) ? name : undefined;
}

function weighed(entry: string): [name: string, weight: number] {
  const [name = "", ...parameters] = entry.split(";").map((part) => part.trim());
  const [, quality = "1"] =
    /^q\s*=\s*(.*)$/.exec(parameters.find((part) => /^q\s*=/.test(part)) ?? "") ?? [];
  // A malformed weight counts as 0.
  return [name, /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(quality) ? Number(quality) : 0];
}
