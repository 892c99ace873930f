import { AsyncLocalStorage } from "node:async_hooks";
import { FairQueue } from "#server/http/fair-queue.ts";
import { database } from "../database.ts";
import { currentCall, remembered } from "./auth-call.ts";

/**
 * Bounds how many passwords are hashed at a time: each takes 16 MB and 0.1 s of a processor, and
 * Node's other threads stay free for files and names. What finds the queue full is refused at once.
 */
const hashing = new FairQueue<string>(2, { total: 100, ofOneUser: 50, timeoutMs: 5_000 });

/** Gives account operations a part of this process's database connections; tasks have the rest. */
const connections = new FairQueue<string>(4);

const connected = new AsyncLocalStorage<true>();

/** The network that the current account operation is queued under. */
const network = (): string => currentCall()?.network ?? "";

/** Runs a hash computation in its turn. @throws ProblemError overloaded: it was not run. */
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
