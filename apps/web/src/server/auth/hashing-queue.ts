import { FairQueue } from "#server/http/limits/fair-queue.ts";
import { callNetwork } from "./auth-call.ts";

/**
 * Bounds how many passwords are hashed at a time: each takes 16 MB and 0.1 s of a processor, and
 * Node's other threads stay free for files and names. What finds the queue full is refused at once.
 */
const hashing = new FairQueue<string>(2, { total: 100, ofOneUser: 50, timeoutMs: 5_000 });

/** Runs a hash computation in its turn. @throws ProblemError overloaded: it was not run. */
export const hashInTurn = <T>(run: () => Promise<T>): Promise<T> => hashing.run(callNetwork(), run);
