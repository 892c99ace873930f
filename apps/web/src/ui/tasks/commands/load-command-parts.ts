import { part } from "#ui/kit/part.ts";

export type CommandParts = typeof import("./command-parts.ts");

/** Loads the parts of commands, with the first key or touch, before they are needed. */
export const loadCommandParts = part((): Promise<CommandParts> => import("./command-parts.ts"));
