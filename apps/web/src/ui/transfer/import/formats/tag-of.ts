import { codePoints, limits, tagKey } from "@tend/contracts/limits";
import { Tag } from "@tend/contracts/task";

export const isTag = (text: string): boolean => Tag.safeParse(text).success;

/** A name as a tag, which has neither spaces nor commas; "" where nothing is left. */
export function tagOf(name: string): string {
  const tag = name.replace(/^[#\s]+/, "").replace(/[\s\u0085,]+/g, "-");
  const short = [...tag].slice(0, limits.tag).join("");
  return isTag(short) ? short : "";
}

/** Whether its words can still be read in the tag. */
export const isWholeAsTag = (name: string): boolean =>
  tagOf(name) !== "" && codePoints(name) <= limits.tag;

/** The tags by their keys, each as first written. */
export function tagsByKey(tags: readonly string[]): Map<string, string> {
  const byKey = new Map<string, string>();
  for (const tag of tags) if (!byKey.has(tagKey(tag))) byKey.set(tagKey(tag), tag);
  return byKey;
}
