import type { Method as MethodName } from "@tend/contracts";

const colors: Record<MethodName, string> = {
  GET: "text-success",
  POST: "text-accent",
  PUT: "text-warn",
  PATCH: "text-warn",
  DELETE: "text-danger",
};

/** The method of a request, in a colour for its effect. */
export function Method({ method }: { method: MethodName }) {
  return <span className={`font-mono font-semibold ${colors[method]}`}>{method}</span>;
}
