import type { BatchResult } from "@tend/contracts";
import type { Client } from "@tend/contracts/client";
import { v4 as uuidv4 } from "uuid";
import { readFailure, readResult, reasonOf } from "#ui/api/failure.ts";
import { faultsOf } from "#ui/api/form-failure.ts";
import { nextBatch } from "./import-batches.ts";
import type { FileFault } from "./import-draft.ts";
import type { Job } from "./import-plan.ts";

/** A task that the server refused. */
export interface Refusal extends FileFault {
  readonly title: string;
}

/** Sends jobs, batch by batch. After a failure, `start` goes on with the batch that failed. */
export class ImportRun {
  readonly total: number;
  readonly refusals: Refusal[] = [];
  readonly #api: Pick<Client, "batchTasks">;
  /** The jobs that are left, without those for which the server refused a batch. */
  #left: readonly Job[];
  /** The idempotency key of the next batch: sent twice, it is done once (T-12). */
  #key = uuidv4();
  #stopped = false;

  constructor(api: Pick<Client, "batchTasks">, jobs: readonly Job[]) {
    this.#api = api;
    this.#left = jobs;
    this.total = jobs.length;
  }

  /** The number of finished jobs, refused or not. */
  get through(): number {
    return this.total - this.#left.length;
  }

  get imported(): number {
    return this.through - this.refusals.length;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Stops after the batch that is being sent. */
  stop(): void {
    this.#stopped = true;
  }

  /** Sends what is left. Rejects as every client method, and may then be called again. */
  async start(onBatch: () => void): Promise<void> {
    while (this.#left.length > 0 && !this.#stopped) {
      await this.#sendNext();
      this.#key = uuidv4();
      onBatch();
    }
  }

  async #sendNext(): Promise<void> {
    const batch = nextBatch(this.#left);
    const operations = batch.flatMap((job) => job.operations);
    try {
      const { body } = await this.#api.batchTasks({
        body: { operations, atomic: false },
        headers: { idempotency_key: this.#key },
      });
      this.#note(batch, body.results);
      this.#left = this.#left.slice(batch.length);
    } catch (error) {
      // Any other failure ends with time or a sign-in, and the same batch may be taken then.
      if (readFailure(error).is !== "refused") throw error;
      this.#refuse(batch, error);
    }
  }

  #note(batch: readonly Job[], results: readonly BatchResult[]): void {
    let next = 0;
    for (const { place, title, operations } of batch) {
      const own = results.slice(next, next + operations.length);
      next += operations.length;
      const failed = own.find(({ problem }) => problem);
      if (failed) this.refusals.push({ place, title, reason: refusalOf(failed) });
    }
  }

  /** Handles a refused batch: drops the jobs that the server names, and keeps the others. */
  #refuse(batch: readonly Job[], error: unknown): void {
    const named = new Map<number, string>();
    for (const { path, message } of faultsOf(error)) {
      const [, , index] = path;
      if (typeof index === "number") named.set(index, message);
    }
    const kept: Job[] = [];
    let next = 0;
    for (const job of batch) {
      const indexes = job.operations.map(() => next++);
      const faults = indexes.flatMap((index) => named.get(index) ?? []);
      const reason = named.size > 0 ? faults[0] : reasonOf(error);
      if (reason === undefined) kept.push(job);
      else this.refusals.push({ place: job.place, title: job.title, reason });
    }
    this.#left = [...kept, ...this.#left.slice(batch.length)];
  }
}

/** Why a task was not imported, in the words of an import. */
function refusalOf(result: BatchResult): string {
  const failure = readResult(result);
  switch (failure?.is) {
    case "changed":
      return "It was changed here meanwhile. Import the file again to compare.";
    case "present":
      return "There is another task with its id by now.";
    case "missing":
      return "It is not there any more.";
    default:
      return failure?.reason ?? "";
  }
}
