import type { ApiRequest } from "./api-request.ts";

const saneRequestId = /^[\w.:+/=-]{1,128}$/;

/** E-4: the id of a request: the caller's own where it is sane, else a new one. */
export function requestIdOf({ headers }: ApiRequest): string {
  const given = headers.get("X-Request-Id") ?? "";
  return saneRequestId.test(given) ? given : crypto.randomUUID();
}
