import type { Operation } from "@tend/contracts";

/** A request of an operation for a POSIX shell. `$TOKEN` and `$ID` are those of the quickstart. */
export function curl(operation: Operation, origin: string): string {
  const { method, path, security, bodyTypes = ["application/json"], bodyExample } = operation;
  const address = `${origin}${path.replace("{id}", "$ID")}`;
  const quoted = address.includes("$") ? `"${address}"` : address;
  return [
    `curl ${method === "GET" ? "" : `-X ${method} `}${quoted}`,
    security === "bearer" && `-H "Authorization: Bearer $TOKEN"`,
    path.startsWith("/api/auth/") && "-b cookies.txt -c cookies.txt",
    path.startsWith("/api/auth/") && method === "POST" && `-H "Origin: ${origin}"`,
    bodyExample !== undefined && `-H "Content-Type: ${bodyTypes[0]}"`,
    bodyExample !== undefined && `-d '${json(bodyExample)}'`,
  ]
    .filter((part) => part)
    .join(" \\\n  ");
}

/** A value as JSON, on one line where that is easy to read. */
function json(value: unknown): string {
  const line = JSON.stringify(value);
  return line.length <= 48 ? line : JSON.stringify(value, null, 2).replaceAll("\n", "\n  ");
}
