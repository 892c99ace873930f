import { z } from "zod";
import { limits } from "./limits.ts";

const tag = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`;
// RFC 9110, 5.6.1.2: empty elements of a list are ignored.
const entityTags = new RegExp(String.raw`^[\s,]*${tag}(?:\s*,[\s,]*${tag})*[\s,]*$`);

const ifMatchMessage = 'Give the ETag of the task as it came, as If-Match: "3", or *.';

/**
 * RFC 9110, 13.1.1: `*`, or the versions whose ETags are listed; also of those that a proxy made
 * weak or suffixed with a compression (specs/decisions/0038-etags-through-proxies.md).
 */
export const IfMatch = z
  .string()
  .refine((text) => text.trim() === "*" || entityTags.test(text), ifMatchMessage)
  .transform((text): "*" | readonly number[] =>
    text.trim() === "*" ? "*" : versions(text.match(/"[^"]*"/g) ?? []),
  );

/** RFC 9110, 13.1.2, compared alike. What is no list of ETags matches nothing. */
export const IfNoneMatch = z
  .string()
  .transform((text): "*" | readonly number[] =>
    text.trim() === "*" ? "*" : versions(text.match(/"[^"]*"/g) ?? []),
  );

/** A version alone, or with the suffix of a compressing server: "3-gzip", "3--gzip", "3;br". */
const versionTag = /^"([1-9][0-9]{0,9})(?:(?:--?|[;:+])(?:gzip|br|zstd|deflate|df))?"$/;

const versions = (tags: readonly string[]): readonly number[] =>
  tags
    .flatMap((tag) => versionTag.exec(tag)?.[1] ?? [])
    .map(Number)
    // No task has a version beyond what PostgreSQL's integer holds.
    .filter((version) => version <= 2_147_483_647);

const keyMessage = `Give a key of 1 to ${limits.idempotencyKey} visible ASCII characters, as a UUID.`;

/** draft-ietf-httpapi-idempotency-key-header; the quotes of a structured field are not the key. */
export const IdempotencyKey = z
  .string()
  .transform((text) => text.replace(/^"(.*)"$/, "$1"))
  .refine((key) => /^[\x21-\x7e]+$/.test(key) && key.length <= limits.idempotencyKey, keyMessage);

/** RFC 7240, 2: the name and the value of one preference; parameters behind it are left aside. */
const preference = /^([^\s=;"]+)\s*(?:=\s*(?:"([^"\\]*)"|([^\s;"]*)))?\s*(?:;|$)/;

/** The parts of a list between its commas, which mean nothing within quotes. */
const listed = (text: string): readonly string[] => {
  const parts = [""];
  for (const piece of text.match(/"(?:[^"\\]|\\.)*"?|,|[^",]+/gs) ?? []) {
    if (piece === ",") parts.push("");
    else parts.push(`${parts.pop()}${piece}`);
  }
  return parts.map((part) => part.trim());
};

/**
 * RFC 7240, 4.3: for how many whole seconds the client would wait; undefined: it does not say so.
 * Preferences that are unknown or malformed are ignored; of one given twice, the first counts.
 */
export const Prefer = z.string().transform((text): { readonly wait?: number } => {
  const found = listed(text).map((part) => preference.exec(part) ?? []);
  const [, , quoted, bare] = found.find(([, name]) => name?.toLowerCase() === "wait") ?? [];
  const value = quoted ?? bare ?? "";
  return /^\d{1,9}$/.test(value) ? { wait: Number(value) } : {};
});

export type IfMatch = z.infer<typeof IfMatch>;
