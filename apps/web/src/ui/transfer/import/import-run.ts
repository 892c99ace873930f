import type { BatchResult } from "@tend/contracts";
import type { Client } from "@tend/contracts/client";
import { v4 as uuidv4 } from "uuid";
import { readFailure, readResult, reasonOf } from "#ui/api/failure.ts";
import { faultsOf } from "#ui/api/form-failure.ts";
import { nextBatch } from "./import-batches.ts";
import type { FileFault } from "./import-draft.ts";
import type { Job } from "./import-plan.ts";

/** What the server would not take. */
export interface Refusal extends FileFault {
  readonly title: string;
}

/** Sends jobs, batch by batch. After trouble `start` goes on with the very batch that met it. */
export class ImportRun {
  readonly total: number;
  readonly refusals: Refusal[] = [];
  readonly #api: Pick<Client, "batchTasks">;
  /** What is left, without what the server would not have in a batch at all. */
  #left: readonly Job[];
  /** Of the batch that goes next: sent twice, it is done once (T-12). */
  #key = uuidv4();
  #stopped = false;

  constructor(api: Pick<Client, "batchTasks">, jobs: readonly Job[]) {
    this.#api = api;
    this.#left = jobs;
    this.total = jobs.length;
  }

  /** How many jobs are through, refused or not. */
  get through(): number {
    return this.total - this.#left.length;
  }

  get imported(): number {
    return this.through - this.refusals.length;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  /** After the batch under way. */
  stop(): void {
    this.#stopped = true;
  }

  /** Rejects as every client method; may be called again then. */
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
      // Else there is something to wait for or to sign in for, and the same batch may be taken then.
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

  /** The whole batch was refused: what the server names is left out, and the others go again. */
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
