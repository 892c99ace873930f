import { v7 as uuidv7 } from "uuid";

const isUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7/;

/**
 * An id for a new mutation, later than the last one that waits: mutations are in the order of their
 * ids, also those that were made before the clock was set back.
 */
export function mutationIdAfter(last: string | undefined): string {
  const id = uuidv7();
  if (last === undefined || id > last || !isUuid.test(last)) return id;
  const lastMs = Number.parseInt(last.replaceAll("-", "").slice(0, 12), 16);
  return uuidv7({ msecs: lastMs + 1 });
}
