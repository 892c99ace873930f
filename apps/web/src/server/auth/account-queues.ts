import { AsyncLocalStorage } from "node:async_hooks";
import { FairQueue } from "#server/http/fair-queue.ts";
import { database } from "../database.ts";
import { currentCall, remembered } from "./auth-call.ts";

/**
 * Passwords that are hashed at the same time, each 16 MB and a tenth of a second of a processor: the
 * other threads of Node go on with files and names. Who waits longer than the others of a crowd
 * would have to is told at once.
 */
const hashing = new FairQueue<string>(2, { total: 100, ofOneUser: 50, timeoutMs: 5_000 });

/** Of the connections of this process so many serve accounts at the same time; tasks have the rest. */
const connections = new FairQueue<string>(4);

const connected = new AsyncLocalStorage<true>();

/** By whom the account operation that is under way takes turns. */
const network = (): string => currentCall()?.network ?? "";

/** Runs what reckons a hash. @throws ProblemError overloaded: it was not run. */
export const hashInTurn = <T>(run: () => Promise<T>): Promise<T> => hashing.run(network(), run);

/** Runs a statement, or a transaction with all of its statements, on one of those connections. */
export const connectInTurn = <T>(run: () => Promise<T>): Promise<T> =>
  connected.getStore() ? run() : connections.run(network(), () => connected.run(true, run));

/** The client that account operations use. */
export const accountDatabase = () =>
  database().$extends({
    query: {
      $allOperations: ({ args, query }) => remembered(connectInTurn(async () => query(args))),
    },
  });
