import { TimeZone } from "@tend/contracts/task";

const known = new Map<string, string | null>();

/** The valid zone of a name, or null; cached, since a file names few zones many times. */
export function zoneNamed(name: string): string | null {
  const before = known.get(name);
  if (before !== undefined) return before;
  const zone = TimeZone.safeParse(name).data ?? null;
  known.set(name, zone);
  return zone;
}
