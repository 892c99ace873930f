import { putInOrder, takeInOrder } from "./in-order.ts";
import type { Mutation, QueueChange } from "./mutation.ts";

/** All mutations in the order in which they were made, and those of each task. */
export interface MutationQueues {
  readonly mutations: readonly Mutation[];
  readonly byTask: ReadonlyMap<string, readonly Mutation[]>;
}

export const emptyQueues: MutationQueues = { mutations: [], byTask: new Map() };

/** The queues after a change. A mutation that is written replaces the one with its id. */
export function changeQueues(
  queues: MutationQueues,
  { forgotten, written }: QueueChange,
): MutationQueues {
  const mutations = [...queues.mutations];
  const changed = new Map<string, Mutation[]>();
  const queueOf = ({ task: { id } }: Mutation): Mutation[] => {
    const queue = changed.get(id) ?? [...(queues.byTask.get(id) ?? [])];
    changed.set(id, queue);
    return queue;
  };
  for (const mutation of forgotten) {
    takeInOrder(mutations, mutation.id);
    takeInOrder(queueOf(mutation), mutation.id);
  }
  for (const mutation of written) {
    putInOrder(mutations, mutation);
    putInOrder(queueOf(mutation), mutation);
  }
  const byTask = new Map(queues.byTask);
  for (const [id, queue] of changed) {
    if (queue.length > 0) byTask.set(id, queue);
    else byTask.delete(id);
  }
  return { mutations, byTask };
}

/** What has to be forgotten and written so that the queues hold just these mutations. */
export function changeTo({ mutations }: MutationQueues, latest: readonly Mutation[]): QueueChange {
  const present = new Map(mutations.map((mutation) => [mutation.id, mutation]));
  const written = latest.filter((mutation) => !isSameMutation(mutation, present.get(mutation.id)));
  for (const { id } of latest) present.delete(id);
  return { forgotten: [...present.values()], written };
}

/** Whether two mutations with one id are alike: only the moment of a delete is ever changed. */
const isSameMutation = (a: Mutation, b: Mutation | undefined): boolean =>
  a.kind === b?.kind && (a.kind !== "delete" || b.kind !== "delete" || a.send_at === b.send_at);
