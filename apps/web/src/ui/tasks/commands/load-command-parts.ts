import { part } from "#ui/kit/part.ts";

export type CommandParts = typeof import("./command-parts.ts");

/** Fetched with the first key or touch, so that they are there when asked for. */
export const loadCommandParts = part((): Promise<CommandParts> => import("./command-parts.ts"));
