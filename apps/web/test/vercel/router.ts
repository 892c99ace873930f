/** Finds the output that answers a request, by the rules of the Build Output, as Vercel does. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { BuildOutput, Condition, Output, Phase, Rule } from "./output.ts";

/** A request on its way through the rules, and the parts of its answer that they have set. */
export interface Passage {
  path: string;
  /** The query with its question mark, or empty. */
  search: string;
  /** The headers of the request, as the function gets them. */
  asked: IncomingHttpHeaders;
  status: number | undefined;
  /** Headers of the answer, unless the function sets them itself. */
  headers: OutgoingHttpHeaders;
  /** Headers of the answer, whatever the function sets. */
  important: OutgoingHttpHeaders;
}

/** @returns the headers of the answer of the middleware at this path. */
type AskMiddleware = (path: string, passage: Passage) => Promise<IncomingHttpHeaders>;

/** @returns the output that answers; undefined where the passage is the answer, a redirect. */
export async function route(
  { rules, outputs }: BuildOutput,
  askMiddleware: AskMiddleware,
  passage: Passage,
): Promise<Output | undefined> {
  /** Applies the rules of a phase, until one names an output. */
  const pass = async (phase: Phase): Promise<Output | undefined> => {
    for (const rule of rules[phase]) {
      const captured = match(rule, passage);
      if (!captured || (phase === "error" && rule.status !== passage.status)) continue;
      if (rule.middlewarePath !== undefined) {
        obey(await askMiddleware(rule.middlewarePath, passage), passage);
      }
      const fill = (text: string) => text.replace(/\$(\w+)/g, (_, name) => captured[name] ?? "");
      for (const [name, value] of Object.entries(rule.headers ?? {})) {
        passage[rule.important ? "important" : "headers"][name.toLowerCase()] = fill(value);
      }
      passage.status = rule.status ?? passage.status;
      if (isRedirect(passage)) return undefined;
      if (rule.dest !== undefined) goTo(fill(rule.dest), passage);
      if (rule.continue) continue;
      const output = outputs.get(passage.path);
      if (output || !rule.check) return output;
    }
    return undefined;
  };
  const isRefused = () => (passage.status ?? 200) >= 400;

  await pass("start");
  if (isRedirect(passage)) return undefined;
  let output = isRefused() ? undefined : outputs.get(passage.path);
  for (const phase of ["filesystem", "rewrite", "miss", "resource"] as const) {
    if (!output && !isRefused()) output = await pass(phase);
  }
  output ??= await pass("error");
  await pass("hit");
  return output;
}

const isRedirect = ({ status = 200, headers }: Passage): boolean =>
  status >= 300 && status < 400 && headers.location !== undefined;

/** Sets a new path. The request keeps its parameters; those of the route come after them. */
function goTo(destination: string, passage: Passage): void {
  const [path = "", query] = destination.split("?", 2);
  passage.path = path;
  if (query) passage.search += `${passage.search === "" ? "?" : "&"}${query}`;
}

/** A pattern anchored at both ends, as the builder means it. */
const whole = (source: string): string =>
  `${source.startsWith("^") ? "" : "^"}${source}${source.endsWith("$") ? "" : "$"}`;

type Captured = Record<string, string | undefined>;

/** The captures of a rule, by number and by name; undefined where it does not match. */
function match(rule: Rule, { path, asked }: Passage): Captured | undefined {
  const found = new RegExp(whole(rule.src), rule.caseSensitive ? "" : "i").exec(path);
  if (!found || rule.missing?.some((condition) => holds(condition, asked))) return undefined;
  const captured: Captured = { ...found.groups };
  for (const [number, text] of found.entries()) captured[number] = text;
  for (const condition of rule.has ?? []) {
    const held = holds(condition, asked);
    if (!held) return undefined;
    Object.assign(captured, held);
  }
  return captured;
}

/** The captures of a condition's value; undefined where the request does not meet it. */
export function holds(
  { key, value = ".*" }: Condition,
  asked: IncomingHttpHeaders,
): Captured | undefined {
  const given = asked[key.toLowerCase()];
  const found = given === undefined ? null : new RegExp(whole(value)).exec(String(given));
  return found ? { ...found.groups } : undefined;
}

/** Headers of one connection, which are not passed on. */
const ofConnection = new Set(["connection", "keep-alive", "transfer-encoding", "te", "trailer"]);
/** Headers that a middleware cannot change. */
const fixed = new Set([...ofConnection, "host", "upgrade", "content-length"]);

/** The headers of a function that are passed on. */
export const passedOn = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !ofConnection.has(name)));

/** Applies the answer of a middleware, which only sets headers of the request and the answer. */
function obey(answer: IncomingHttpHeaders, passage: Passage): void {
  if (answer["x-middleware-next"] !== "1" || answer["x-middleware-rewrite"] !== undefined) {
    throw new Error("This host knows no middleware that answers by itself or rewrites.");
  }
  const named = answer["x-middleware-override-headers"];
  if (named !== undefined) {
    const kept = Object.entries(passage.asked).filter(([name]) => fixed.has(name));
    const set = String(named)
      .split(",")
      .filter((name) => !fixed.has(name))
      .map((name) => [name, answer[`x-middleware-request-${name}`]]);
    passage.asked = Object.fromEntries([...kept, ...set]);
  }
  for (const [name, value] of Object.entries(answer)) {
    const isOwn = name.startsWith("x-middleware-") || fixed.has(name) || name === "date";
    if (!isOwn) passage.headers[name] = value;
  }
}
