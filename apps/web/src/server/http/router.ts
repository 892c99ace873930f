import { addressForms, type Method } from "@tend/contracts";
import { paramsOf, pattern } from "./address.ts";
import type { ApiRequest, ApiResponse } from "./api-request.ts";
import { methodsOf, unknownAddress } from "./endpoint.ts";
import { routes } from "./routes.ts";

const paths = new Map<string, ReturnType<typeof methodsOf>>();
for (const { operation } of Object.values(routes)) {
  const { path } = operation;
  const there = Object.values(routes).filter((other) => other.operation.path === path);
  paths.set(path, methodsOf(...there));
}

/** Names win over placeholders, as in Next: "{" stands behind every letter. */
const addresses = [...paths]
  .flatMap(([path, methods]) => addressForms(path).map((form) => ({ form, methods })))
  .sort((a, b) => (a.form < b.form ? -1 : 1))
  .map(({ form, methods }) => ({ form: pattern(form), methods }));

/**
 * Answers any request under /api in the self-hosted server, without Next. Next's own router answers
 * some malformed addresses itself, with a page or a 500; here they are problems.
 */
export function routeRequest(request: ApiRequest): Promise<ApiResponse> {
  const { pathname } = new URL(request.url);
  for (const { form, methods } of addresses) {
    const params = paramsOf(form, pathname);
    if (!params) continue;
    const method = request.method === "HEAD" ? "GET" : request.method;
    return (methods[method as Method] ?? methods.refuse)(request, params);
  }
  return unknownAddress(request);
}
