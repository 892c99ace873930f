import { type Fault, headerName, type Operation } from "@tend/contracts";
import { z } from "zod";
import type { ApiRequest, RequestHeaders } from "./api-request.ts";
import { readJson } from "./body.ts";
import { ProblemError } from "./problem.ts";

/** E-1: the input of an operation. @throws ProblemError that names every fault at once. */
export async function parse(
  operation: Operation,
  params: Record<string, string>,
  search: URLSearchParams,
  request: ApiRequest,
) {
  // O-2: an id that is no UUID is the id of no task.
  const path = operation.params?.safeParse(params);
  if (path && !path.success) throw new ProblemError("task_not_found");
  const body = operation.body && (await readJson(request, operation.bodyTypes));
  if (operation.body && body === undefined && !operation.bodyOptional) {
    throw new ProblemError("malformed_json", { detail: "The body is empty. Send a JSON object." });
  }
  const query = operation.security === "bearer" ? parseQuery(operation, search) : undefined;
  const headers = operation.headers && parseHeaders(operation.headers, request.headers);
  const parsed = body === undefined ? undefined : operation.body?.safeParse(body);
  const errors = [
    ...(query?.errors ?? []),
    ...(headers?.error ? faults("headers", headers.error) : []),
    ...(parsed?.error ? faults("body", parsed.error) : []),
  ];
  if (errors.length > 0) throw new ProblemError("validation_failed", { errors });
  return { params: path?.data, query: query?.data, headers: headers?.data, body: parsed?.data };
}

function parseHeaders(schema: z.ZodObject, headers: RequestHeaders) {
  const given = Object.keys(schema.shape).flatMap((name) => {
    const value = headers.get(headerName(name));
    return value === null ? [] : [[name, value]];
  });
  return schema.safeParse(Object.fromEntries(given));
}

const noQuery = z.strictObject({});

function parseQuery(operation: Operation, search: URLSearchParams) {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const name of search.keys()) (seen.has(name) ? repeated : seen).add(name);
  const { data, error } = (operation.query ?? noQuery).safeParse(Object.fromEntries(search));
  const errors = [
    ...[...repeated].map((name) => ({
      path: ["query", name],
      message: "Give this parameter once.",
    })),
    ...(error ? faults("query", error) : []),
  ];
  return { data, errors };
}

/** Every fault at once, each unknown name one of its own. */
function faults(place: "body" | "query" | "headers", error: z.ZodError): Fault[] {
  return error.issues.flatMap((issue): Fault[] => {
    const path = [place, ...issue.path.map((step) => (typeof step === "symbol" ? "" : step))];
    return issue.code === "unrecognized_keys"
      ? issue.keys.map((name) => ({ path: [...path, name], message: "There is no such field." }))
      : [{ path, message: issue.message }];
  });
}
