import { addressForms, api, fillPath, headerName } from "@tend/contracts";
import { expect } from "vitest";
import { tokenOf } from "./mint-token.ts";
import { type Call, Model } from "./model.ts";
import { type Sent, send } from "./send.ts";
import type { BatchStep, Request, Step } from "./steps.ts";

/** The service and the model, which get the same requests of the same people. */
export class BothSides {
  readonly #users: readonly { readonly id: string }[];
  readonly #model: Model;
  readonly #ids: string[] = Array.from({ length: 4 }, () => crypto.randomUUID());
  readonly #lists: { who: number; call: Call }[] = [];
  readonly #cursors: { who: number; cursor: string }[] = [];
  #keyed: { who: number; call: Call } | undefined;

  constructor(users: readonly { readonly id: string }[]) {
    this.#users = users;
    this.#model = new Model(users.map(({ id }) => id));
  }

  /** Takes one step on both sides, and compares. */
  async take({ who, form, foreign, request }: Step): Promise<void> {
    const { who: of, call } = this.#resolve(who, request) ?? {};
    // A cursor or a key that is somebody's is mostly used by that person.
    if (of !== undefined && call) await this.#ask(foreign ? who : of, call, form);
  }

  /** Compares what there is in the end. */
  async compareAll(): Promise<void> {
    for (const who of this.#users.keys()) {
      for (const status of ["all", "trashed"]) {
        await this.#ask(who, { operation: "listTasks", query: { status, limit: "500" } }, 0);
      }
      await this.#ask(who, { operation: "listChanges", query: { limit: "500" } }, 0);
    }
  }

  async #ask(who: number, call: Call, form: number): Promise<void> {
    const user = this.#user(who);
    const sent = await sendCall(user, call, form);
    const made = sent.body?.results?.map(({ task }: { task?: object }) => task) ?? [sent.body];
    const { body, ...expected } = this.#model.answer(user.id, call, {
      task: (place) => made[place],
      cursor: cursorOf(sent),
    });
    expect(comparable(call, sent), JSON.stringify(call)).toEqual({
      ...expected,
      body: essence(body),
    });
    this.#remember(who, call, sent);
  }

  #remember(who: number, call: Call, sent: Sent): void {
    for (const [, id] of sent.text.matchAll(/"id":"([^"]+)","owner_user_id"/g)) {
      if (id !== undefined && !this.#ids.includes(id)) this.#ids.push(id);
    }
    const cursor = cursorOf(sent);
    if (cursor !== undefined && call.operation === "listTasks") {
      this.#lists.push({ who, call: { ...call, query: { ...call.query, cursor } } });
    } else if (cursor !== undefined) {
      this.#cursors.push({ who, cursor });
    }
    if (call.headers?.idempotency_key !== undefined) this.#keyed = { who, call };
  }

  #user(who: number): { readonly id: string } {
    const user = this.#users[who];
    if (!user) throw new RangeError(`There is no person ${who}.`);
    return user;
  }

  #id(place: number): string {
    return at(this.#ids, place) ?? "";
  }

  /** The version that stands for "right" or "stale". */
  #version(who: number, id: string, kind: string): number {
    return (this.#model.version(this.#user(who).id, id) ?? 1) + (kind === "stale" ? 7 : 0);
  }

  #tag(who: number, id: string, kind: string): string {
    if (kind === "any") return "*";
    const tag = `"${this.#version(who, id, kind)}"`;
    return kind === "weak" ? `W/${tag}` : tag;
  }

  /** The request of a step, with its ids, versions and cursors filled in. */
  #resolve(who: number, request: Request): { who: number; call: Call } | undefined {
    switch (request.operation) {
      case "createTask": {
        const { operation, task, key } = request;
        const headers = key === undefined ? {} : { idempotency_key: key };
        return { who, call: { operation, headers, body: this.#task(task) } };
      }
      case "getTask":
      case "updateTask":
      case "patchTask":
      case "completeTask":
      case "deleteTask":
      case "restoreTask": {
        const { operation, place, match } = request;
        const id = this.#id(place);
        const name = operation === "getTask" ? "if_none_match" : "if_match";
        const headers = match === undefined ? {} : { [name]: this.#tag(who, id, match) };
        const call = { operation, id, headers };
        if (operation === "completeTask") {
          const { completed } = request;
          return {
            who,
            call: { ...call, ...(completed !== undefined && { body: { completed } }) },
          };
        }
        if (operation === "deleteTask") {
          return {
            who,
            call: { ...call, ...(request.permanent && { query: { permanent: "true" } }) },
          };
        }
        return { who, call: "change" in request ? { ...call, body: request.change } : call };
      }
      case "batchTasks": {
        const { operation, operations, atomic, key } = request;
        const headers = key === undefined ? {} : { idempotency_key: key };
        const body = { operations: operations.map((one) => this.#inBatch(who, one)), atomic };
        return { who, call: { operation, headers, body } };
      }
      case "listTasks": {
        const { operation, order, filter, ...query } = request;
        return {
          who,
          call: { operation, query: { ...query, ...filter, ...(order && { order }) } },
        };
      }
      case "listChanges": {
        const { operation, limit, cursor } = request;
        const from = cursor === undefined ? undefined : at(this.#cursors, cursor);
        const query = { limit, ...(from && { cursor: from.cursor }) };
        return { who: from?.who ?? who, call: { operation, query } };
      }
      case "next":
        return at(this.#lists, request.nth);
      case "again":
        return this.#keyed;
    }
  }

  #task({ place, ...task }: { place?: number }) {
    return { ...task, ...(place !== undefined && { id: this.#id(place) }) };
  }

  #inBatch(who: number, step: BatchStep) {
    if (step.operation === "create") return { ...step, task: this.#task(step.task) };
    const { place, version, ...operation } = step;
    const id = this.#id(place);
    const known = version === undefined ? {} : { version: this.#version(who, id, version) };
    return { ...operation, id, ...known };
  }
}

const at = <T>(list: readonly T[], place: number): T | undefined => list[place % list.length];

function sendCall(user: { readonly id: string }, call: Call, form: number): Promise<Sent> {
  const { method, path } = api[call.operation];
  const { id = "", query = {}, headers = {}, body } = call;
  const address = fillPath(addressForms(path)[form] ?? path, { user_id: user.id, id });
  return send(method, `${address}?${new URLSearchParams(query)}`, {
    token: tokenOf(user),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, text]) => [headerName(name), text]),
    ),
    ...(body !== undefined && { body }),
  });
}

const cursorOf = ({ headers, body }: Sent): string | undefined =>
  /[?&]cursor=([^&>]+)/.exec(headers.get("Link") ?? "")?.[1] ?? body?.next_cursor;

/** The part of an answer that a model can know. */
function comparable({ operation }: Call, { status, headers, body }: Sent) {
  const etag = headers.get("ETag");
  const more = operation === "listTasks" && status === 200 && { more: headers.has("Link") };
  return { status, body: essence(body), ...(etag !== null && { etag }), ...more };
}

const unknown = new Set(["updated_at", "next_cursor", "request_id"]);

/** A body without the times of changes, the cursors, and the words of problems. */
const essence = (body: unknown): unknown =>
  JSON.parse(
    JSON.stringify(body ?? null, (name, value) => {
      if (unknown.has(name)) return undefined;
      if (name === "deleted_at") return value !== null;
      if (typeof value?.code !== "string") return value;
      const { status, code, task, results } = value;
      // A batch that was undone shows tasks that were never stored, whose values no model can know.
      const unmade = { created_at: undefined, position: undefined };
      return { status, code, task: task && { ...task, ...unmade }, results };
    }),
  );
