/** Who answers a request of the self-hosted server; or why nobody does. */
export type Target =
  | { readonly to: "api" | "page"; readonly url: string }
  | { readonly to: "server" | "nowhere" | "malformed" | "method" | "crowded" };

/** What Next serves pages and files by; it fails at some others. */
export const pageMethods = ["GET", "HEAD", "POST", "OPTIONS"];

/**
 * The most parameters of a page's address: Next compares each with each other, and a thousand block
 * the process.
 */
export const mostParameters = 100;

/**
 * RFC 9112, 3.2: the target is a path, a whole address, or the server itself (`OPTIONS *`). An
 * ambiguous path leads nowhere: a proxy that guards `/api` by the path as it is written must not be
 * passed by another spelling of it.
 */
export function targetOf(method: string, target: string, hosts: readonly string[]): Target {
  if (hosts.length !== 1) return { to: "malformed" };
  if (target === "*") return { to: method === "OPTIONS" ? "server" : "malformed" };
  const rest = target.replace(/^https?:\/\/[^/?#\\]+/i, "");
  // A whole address may leave out the slash of its path.
  const url = rest.length < target.length ? rest.replace(/^(?=[?#]|$)/, "/") : rest;
  if (!url.startsWith("/")) return { to: "malformed" };
  const path = /^[^?#]*/.exec(url)?.[0] ?? "";
  if (isAmbiguous(path)) return { to: "nowhere" };
  if (isApi(path)) return { to: "api", url };
  if (!pageMethods.includes(method)) return { to: "method" };
  return url.split("&").length > mostParameters ? { to: "crowded" } : { to: "page", url };
}

const isApi = (path: string): boolean => /^\/api(\/|$)/.test(path);

/** Whether a path has backslashes, empty or dot segments, or an encoded `/api`. */
function isAmbiguous(path: string): boolean {
  const plain = decoded(decoded(path));
  const odd = /\\|\/\/|(^|\/)\.{1,2}(\/|$)/;
  return odd.test(path) || odd.test(plain) || (isApi(plain.toLowerCase()) && !isApi(path));
}

/** ASCII alone: what cannot be decoded stays as it is. */
const decoded = (text: string): string =>
  text.replace(/%([0-7][0-9a-f])/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
