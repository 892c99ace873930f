import { AsyncLocalStorage } from "node:async_hooks";
import { FairQueue } from "#server/http/limits/fair-queue.ts";
import { database } from "../database.ts";
import { callNetwork, remembered } from "./auth-call.ts";

/** Gives account operations a part of this process's database connections; tasks have the rest. */
const connections = new FairQueue<string>(4);

const connected = new AsyncLocalStorage<true>();

/** Runs a statement, or a transaction with all of its statements, on one of those connections. */
export const connectInTurn = <T>(run: () => Promise<T>): Promise<T> =>
  connected.getStore() ? run() : connections.run(callNetwork(), () => connected.run(true, run));

/** The client that account operations use. */
export const accountDatabase = () =>
  database().$extends({
    query: {
      $allOperations: ({ args, query }) => remembered(connectInTurn(async () => query(args))),
    },
  });
