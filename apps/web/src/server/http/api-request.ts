import type { UserId } from "#server/auth/user-id.ts";
import type { Params } from "./address.ts";

/** The parts of a request that handlers read. A Web `Request` has them, and more. */
export interface ApiRequest {
  readonly method: string;
  /** The whole address. */
  readonly url: string;
  readonly headers: RequestHeaders;
  readonly body: AsyncIterable<Uint8Array> | null;
  /** Aborts when the caller goes before the answer has. */
  readonly signal: AbortSignal;
}

export interface RequestHeaders extends Iterable<[string, string]> {
  get(name: string): string | null;
}

/** The answer to a request, before Next or the self-hosted server makes its own kind of it. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | null;
  /** The user whose token the request carried. */
  readonly userId?: UserId | undefined;
}

/** `params`: the parts of the address, from whoever has matched it already. */
export type Handler = (request: ApiRequest, params?: Params) => Promise<ApiResponse>;

declare const of: unique symbol;

/** A body that PostgreSQL has written, field by field as its schema has them. */
export type JsonText<T> = string & { readonly [of]: T };

export const parseJson = <T>(json: JsonText<T>): T => JSON.parse(json);

/** For Next: the same handler, as its route files have them. */
export const web =
  (handle: Handler) =>
  async (request: Request): Promise<Response> => {
    const { status, headers, body } = await handle(request);
    const pairs = Object.entries(headers).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, one]),
    );
    return new Response(body, { status, headers: pairs });
  };
