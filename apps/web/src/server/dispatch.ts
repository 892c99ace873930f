import { addressForms, type Method } from "@tend/contracts";
import { pattern, serve, unknownAddress } from "./route.ts";
import { routes } from "./routes.ts";

const paths = new Map<string, ReturnType<typeof serve>>();
for (const { operation } of Object.values(routes)) {
  const { path } = operation;
  const there = Object.values(routes).filter((other) => other.operation.path === path);
  paths.set(path, serve(...there));
}

/** Names win over placeholders, as in Next: "{" stands behind every letter. */
const addresses = [...paths]
  .flatMap(([path, methods]) => addressForms(path).map((form) => ({ form, methods })))
  .sort((a, b) => (a.form < b.form ? -1 : 1))
  .map(({ form, methods }) => ({ form: pattern(form), methods }));

/**
 * The second door: any request under /api, answered without Next. Next's own router answers some
 * malformed addresses itself, with a page or a 500; here they are problems like any other.
 */
export function dispatch(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const methods = addresses.find(({ form }) => form.test(pathname))?.methods;
  if (!methods) return unknownAddress(request);
  const method = request.method === "HEAD" ? "GET" : request.method;
  return (methods[method as Method] ?? methods.refuse)(request);
}
