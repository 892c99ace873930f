import type { z } from "zod";
import type { Method } from "./address.ts";
import type { ProblemCode } from "./problem.ts";

/** One success of an operation. Without a schema the answer has no body. */
export interface Success {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly headers?: Readonly<Record<string, string>>;
  readonly example?: unknown;
}

/** One row of the table of operations (`api.ts`): all that is known of it, said once. */
export interface Operation {
  readonly method: Method;
  readonly path: `/api/${string}`;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  /** bearer: A-3, the API token. session: A-1, Better Auth's cookie. none: open to everybody. */
  readonly security: "bearer" | "session" | "none";
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** The request's headers that count here, by snake_case names: `if_match` is If-Match. */
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The content types of the body, the preferred one first. Default: application/json. */
  readonly bodyTypes?: readonly [string, ...string[]];
  readonly bodyExample?: unknown;
  /** Whether the operation also works without a body. */
  readonly bodyOptional?: true;
  readonly success: Readonly<Record<number, Success>>;
  /** What can go wrong, beyond a wrong method and a defect, which every address can answer. */
  readonly problems: readonly ProblemCode[];
}

type Part<O, K extends string, Side extends "input" | "output"> =
  O extends Record<K, infer S extends z.ZodType>
    ? Side extends "input"
      ? z.input<S>
      : z.output<S>
    : undefined;

/** What a handler is given: every part parsed. */
export interface Input<O extends Operation> {
  readonly params: Part<O, "params", "output">;
  readonly query: Part<O, "query", "output">;
  readonly headers: Part<O, "headers", "output">;
  readonly body: Part<O, "body", "output"> | (O extends { bodyOptional: true } ? undefined : never);
}

type SchemaOf<S> = S extends { schema: infer T extends z.ZodType } ? z.output<T> : undefined;

/** What a handler gives back: one of the row's statuses with the body that belongs to it. */
export type Output<O extends Operation> = {
  [S in keyof O["success"]]: {
    readonly status: S;
    readonly body: SchemaOf<O["success"][S]>;
    readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  };
}[keyof O["success"]];

/** What a client gives: the parts that the row has. */
export type Request<O extends Operation> = (O extends { params: infer P extends z.ZodType }
  ? { readonly params: z.input<P> }
  : unknown) &
  (O extends { query: infer Q extends z.ZodType } ? { readonly query?: z.input<Q> } : unknown) &
  (O extends { headers: infer H extends z.ZodType } ? { readonly headers?: z.input<H> } : unknown) &
  (O extends { body: infer B extends z.ZodType }
    ? O extends { bodyOptional: true }
      ? { readonly body?: z.input<B> }
      : { readonly body: z.input<B> }
    : unknown);

/** The body of any success. */
export type Answer<O extends Operation> = Output<O>["body"];
