import { addressForms, headerName, limits, type Operation } from "@tend/contracts";
import fc from "fast-check";
import { home } from "./account.ts";
import { hostile, hostileText, type Known, valuesOf } from "./arbitrary.ts";

/** Stands in a request for what is only known when it is sent: `~etag~`. */
export type Mark =
  | "user"
  | "etag"
  | "cursor"
  | "next"
  | "email"
  | "password"
  | "cookie"
  | "session";

const mark = (name: Mark): string => `~${name}~`;

/** Puts what is known now in the place of the marks. */
export const fill = (text: string, values: Readonly<Record<Mark, string>>): string =>
  text.replace(/~([a-z]+)~/g, (all, name: Mark) => values[name] ?? all);

export const callers = ["ada", "bob", "nobody", "erased", "expired", "forged", "garbage"] as const;

type Body = string | Uint8Array<ArrayBuffer> | undefined;

export interface RandomRequest {
  readonly caller: (typeof callers)[number];
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
  /** Whether the request is sent twice, as after a lost answer. */
  readonly twice: boolean;
}

const mostly = <T>(weight: number, usual: fc.Arbitrary<T>, ...rare: fc.Arbitrary<T>[]) =>
  fc.oneof({ weight, arbitrary: usual }, ...rare.map((arbitrary) => ({ weight: 1, arbitrary })));

/** A value that is mostly left out. */
const seldom = <T>(weight: number, value: fc.Arbitrary<T>) =>
  mostly<T | undefined>(weight, fc.constant(undefined), value);

const encoded = (text: string) => encodeURIComponent(text.toWellFormed());

/** What `encodeURIComponent` never makes. */
const undecodable = fc.constantFrom("%", "%zz", "%E0%A4%A", "%ED%A0%80", "%C0%80", "%00", "a;b");

/** Fetch takes "." and ".." out of an address, and an empty part makes another address of it. */
const segment = (value: fc.Arbitrary<unknown>) =>
  mostly(40, value.map(String).map(encoded), undecodable).filter(
    (text) => !/^(%2e|\.){0,2}$/i.test(text),
  );

/** What fetch allows in a header. */
const latin = (text: string) => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, "");

const headerText = mostly(
  1,
  hostileText.map(latin),
  fc.string({ unit: fc.constantFrom(..."azAZ09\"'*/,;:=\\ \t\xe9\xff"), maxLength: 40 }),
);

const pairs = (value: unknown): string[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).map(([name, one]) => `${encoded(name)}=${encoded(String(one))}`)
    : [encoded(String(value))];

function queriesOf({ query }: Operation, known: Known): fc.Arbitrary<string> {
  const fits = query ? valuesOf(query, known).map(pairs) : fc.constant([]);
  const more = fc.oneof(
    fc
      .tuple(mostly(1, hostileText, fc.constantFrom("limit", "cursor", "status", "q")), hostileText)
      .map(([name, text]) => `${encoded(name)}=${encoded(text)}`),
    undecodable.map((text) => `cursor=${text}`),
    fc.constantFrom("", "=", "&", "limit=5&limit=5", "status[]=all", "q[not]="),
  );
  const text = fc
    .tuple(fits, mostly(20, fc.constant<string[]>([]), fc.array(more, { maxLength: 3 })))
    .map((lists) => lists.flat().join("&"));
  return query ? mostly(8, text, fc.constant(mark("next"))) : text;
}

/** T-16: a time without a day, and a zone without a time, are seldom what is to be tried. */
function withoutLooseDue(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { due_time, time_zone, ...rest } = value as Record<string, unknown>;
  if (rest.due_date == null || due_time == null) return rest;
  return { ...rest, due_time, ...(time_zone != null && { time_zone }) };
}

/** Bodies: the JSON of a value, mostly intact, else damaged. */
function bodiesOf(values: fc.Arbitrary<unknown>): fc.Arbitrary<string | Uint8Array<ArrayBuffer>> {
  const json = fc
    .tuple(values, mostly(9, fc.constant(true), fc.constant(false)))
    .map(([value, tidy]) => JSON.stringify(value, tidy ? withoutLooseDue : undefined) ?? "");
  return mostly<string | Uint8Array<ArrayBuffer>>(
    60,
    json,
    hostile.map((value) => JSON.stringify(value) ?? ""),
    fc.tuple(json, fc.nat(60)).map(([text, length]) => text.slice(0, length)),
    // Every name twice, with the same value or with another one.
    json.map((text) => text.replace(/^\{(.+)\}$/s, "{$1,$1}")),
    json.map((text) => text.replace(/^\{(.+)\}$/s, '{$1,"title":{"not":""},"__proto__":{}}')),
    fc.tuple(json, fc.constantFrom(0, 1)).map(([text, over]) => text.padEnd(limits.body + over)),
    fc
      .tuple(fc.constantFrom("[", '{"a":', '"\\u0000'), fc.nat(15_000))
      .map(([one, times]) => one.repeat(times)),
    fc.nat(20_000).map((times) => "[".repeat(times) + "]".repeat(times)),
    fc.nat(30_000).map((times) => `[${"1,".repeat(times)}1]`),
    fc.nat(9_000).map((times) => `{${Array.from({ length: times }, (_, name) => `"${name}":1`)}}`),
    fc.constantFrom("", " ", "NaN", "\ufeff{}", "{}{}", '{"title":1e999}', '{"limit":-0}'),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Uint8Array.from(bytes)),
  );
}

const jsonType = "application/json";

const contentType = fc.constantFrom(
  ..."text/plain application/xml multipart/form-data x json application/jsonx ,application/json".split(
    " ",
  ),
  ...[
    "",
    "application/json; charset=utf-16",
    "APPLICATION/JSON;x=\xff",
    "application/problem+json",
  ],
);

const contentLength = fc.constantFrom(
  ..."0 1 65536 65537 -1 1e9 1.5 0x10 Infinity many 18446744073709551616".split(" "),
  "5, 5",
);

const etag = mostly(
  3,
  fc.constant(mark("etag")),
  fc.constantFrom("*", '"1"', 'W/"1"', '"1", "2"'),
  headerText,
);

const knownHeaders: Known = {
  if_match: etag,
  if_none_match: etag,
  idempotency_key: mostly(
    3,
    fc.uuid(),
    fc.constantFrom("a", "b", '"a"', "k".repeat(256)),
    headerText,
  ),
  // A wait would take its time, and tell nothing of this answer.
  prefer: mostly(
    3,
    fc.constantFrom("wait=0", "respond-async, wait=0", 'return=minimal; x="a, b"'),
    headerText,
  ),
};

const tag = fc.constantFrom("home", "été", "日本", "c++", "it's", "\\", "👩‍👩‍👧‍👦");
const zone = fc.constantFrom("Europe/Berlin", "asia/kolkata", "Etc/GMT-14", "Pacific/Pago_Pago");

const known = (ids: readonly string[]): Known & { readonly id: fc.Arbitrary<unknown> } => {
  const there = fc.constantFrom(...ids);
  const upper = there.map((id) => id.toUpperCase());
  const other = fc.uuid().map((text) => `${text}@example.com`);
  const password = mostly(
    2,
    fc.constant(mark("password")),
    fc.string({ minLength: 8, maxLength: 20 }),
  );
  return {
    id: mostly<unknown>(30, there, fc.uuid(), upper, hostile),
    cursor: mostly(2, fc.constant(mark("cursor")), hostileText, fc.base64String()),
    tag: mostly(20, tag, hostileText),
    tags: mostly<unknown>(20, fc.uniqueArray(tag, { maxLength: 4 }), fc.array(hostile), hostile),
    time_zone: mostly<unknown>(20, zone, hostileText, hostile),
    email: mostly(4, fc.constant(mark("email")), other),
    password,
    current_password: password,
  };
};

function addressesOf(operation: Operation, ids: readonly string[]): fc.Arbitrary<string> {
  const { path, params } = operation;
  return fc
    .record({
      form: fc.constantFrom(...addressForms(path)),
      user: mostly(40, fc.constant(mark("user")), segment(hostileText), fc.uuid()),
      id: params ? segment(known(ids).id) : fc.constant(""),
      query: queriesOf(operation, known(ids)),
    })
    .map(({ form, user, id, query }) => {
      const filled = form.replace("{user_id}", () => user).replace("{id}", () => id);
      return query === "" ? filled : `${filled}?${query}`;
    });
}

function headersOf({ headers, method, body, bodyTypes = [jsonType], security }: Operation) {
  const bearer = security === "bearer";
  const own = headers ? valuesOf(headers, knownHeaders) : fc.constant({});
  const around = fc.record({
    Origin: mostly(
      8,
      fc.constant(bearer ? undefined : home),
      fc.constantFrom("null", "https://evil.example", "https://friend.example"),
    ),
    Cookie: mostly(8, fc.constant(bearer ? undefined : mark("cookie")), headerText),
    "X-Request-Id": seldom(4, headerText),
    "Content-Length": method === "GET" ? fc.constant(undefined) : seldom(60, contentLength),
    "Content-Type": body
      ? mostly<string | undefined>(40, fc.constantFrom(...bodyTypes), contentType)
      : seldom(8, contentType),
  });
  return fc.tuple(own, around).map(([own, around]) => {
    const named = typeof own === "object" && own !== null ? Object.entries(own) : [];
    const sent: Record<string, string> = {};
    for (const [name, text] of Object.entries(around)) if (text !== undefined) sent[name] = text;
    for (const [name, value] of named) {
      if (/^\w+$/.test(name)) sent[headerName(name)] = latin(String(value));
    }
    return sent;
  });
}

function contentOf(operation: Operation, ids: readonly string[]) {
  const { method, body, bodyOptional } = operation;
  if (method === "GET") return fc.constant(undefined);
  if (!body) return seldom(9, bodiesOf(hostile));
  const content = bodiesOf(valuesOf(body, known(ids)));
  return bodyOptional ? seldom(2, content) : mostly<Body>(60, content, fc.constant(undefined));
}

/** Requests for one row of the table, most of them such as it takes. */
export function requestsFor(
  operation: Operation,
  taskIds: readonly string[],
): fc.Arbitrary<RandomRequest> {
  const ids = operation.security === "session" ? [mark("session")] : taskIds;
  const hostileCallers = callers.map((name) => fc.constant(name));
  return fc.record({
    caller:
      operation.security === "bearer"
        ? mostly<(typeof callers)[number]>(60, fc.constant("ada"), ...hostileCallers)
        : fc.constant<(typeof callers)[number]>("nobody"),
    method: fc.constant(operation.method),
    path: addressesOf(operation, ids),
    headers: headersOf(operation),
    body: contentOf(operation, ids),
    twice: mostly(4, fc.constant(false), fc.constant(true)),
  });
}
