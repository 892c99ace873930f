import fc from "fast-check";
import { expect, test } from "vitest";
import { etagOf } from "./etag.ts";
import { growsWithLength } from "./growing-cost.ts";
import { IdempotencyKey, IfMatch, IfNoneMatch, Prefer } from "./header.ts";

test.each<[string, "*" | readonly number[]]>([
  ["*", "*"],
  [" * ", "*"],
  [etagOf({ version: 3 }), [3]],
  ['"3", "12"', [3, 12]],
  ['"3","12"', [3, 12]],
  // RFC 9110, 5.6.1.2: empty elements of a list are ignored.
  ['"3",', [3]],
  [', ,"3" ,, "12",\t', [3, 12]],
  // ETags as compressing proxies rewrite them: nginx, Apache, Jetty and others.
  ['W/"3", "4"', [3, 4]],
  [
    '"3-gzip", "4--gzip", "5-br", "6;gzip", "7-df", "8:zstd", "9+deflate", W/"10-gzip"',
    [3, 4, 5, 6, 7, 8, 9, 10],
  ],
  ['"3gzip", "3-", "3-4", "-gzip", "3---gzip", "3-GZIP", "3-gzip-gzip", "0-gzip", "3-bash"', []],
  ['"a", "0", "03", "-1", "1.5", "2147483648", ""', []],
])("[T-7] If-Match: %s", (text, versions) => {
  expect(IfMatch.parse(text)).toEqual(versions);
});

test.each(["", " ", ",", "3", '"3', '3"', '"3" "4"', '"3";', '*, "3"', 'w/"3"', '"3"\u0100'])(
  "[T-7] If-Match: %s is refused, with what to send",
  (text) => {
    const { error } = IfMatch.safeParse(text);
    expect(error?.issues[0]?.message).toContain('If-Match: "3"');
  },
);

test.each([",", " ", " ,", '"3",', '"3" ', "W/", '"3",,,'])(
  "[T-7] the time that a hostile If-Match of %j takes grows with its length, not with the square of it",
  (part) => {
    const read = (text: string) => expect(IfMatch.safeParse(text).success).toBe(false);
    const textOf = (length: number) => `${part.repeat(length / part.length)}!`;
    expect(growsWithLength(read, textOf)).toBe(true);
  },
);

test.each<[string, "*" | readonly number[]]>([
  ["*", "*"],
  ['W/"3", "4",', [3, 4]],
  ['"3-gzip", W/"4-br", "5-x"', [3, 4]],
  ["nothing of the kind", []],
])("[T-7] If-None-Match: %s", (text, versions) => {
  expect(IfNoneMatch.parse(text)).toEqual(versions);
});

test("[T-12] an Idempotency-Key is the same with the quotes of a structured field", () => {
  expect(IdempotencyKey.parse('"a-1"')).toBe("a-1");
  expect(IdempotencyKey.parse("a-1")).toBe("a-1");
});

test.each(["", '""', "a b", "é", "a".repeat(256)])(
  "[T-12] Idempotency-Key: %s is refused",
  (key) => {
    expect(IdempotencyKey.safeParse(key).success).toBe(false);
  },
);

test.each<[string, number | undefined]>([
  ["wait=25", 25],
  ["wait = 25", 25],
  ["WAIT=25", 25],
  ['wait="25"', 25],
  ["respond-async, wait=10", 10],
  ["wait=10;strict, return=minimal", 10],
  ["wait=0", 0],
  ["wait=7, wait=9", 7],
  ['x="a, wait=3"; y=1, wait=4', 4],
  [", ,wait=25,", 25],
  ["wait", undefined],
  ["wait=", undefined],
  ["wait=-1", undefined],
  ["wait=1.5", undefined],
  ["wait=soon, wait=5", undefined],
  ["wait=99999999999", undefined],
  ["waits=5", undefined],
  ['x="wait=5', undefined],
  ["wait=5 6", undefined],
  ["", undefined],
  ['"\u0000é\\', undefined],
])("[T-20] Prefer: %j never is a fault", (text, wait) => {
  expect(Prefer.parse(text).wait).toBe(wait);
});

const separator = fc.constantFrom(",", ", ", " ,\t", ", ,");
const word = fc.stringMatching(/^[\w!#$%&'*+.^`|~-]{1,8}$/);
const quoted = fc
  .array(fc.constantFrom("wait=9", ",", ";", " ", "=", "a", '\\"', "\\\\"), { maxLength: 6 })
  .map((parts) => `"${parts.join("")}"`);
const valued = (name: fc.Arbitrary<string>, value: fc.Arbitrary<string>) =>
  fc.tuple(name, fc.constantFrom("=", " = "), value).map((parts) => parts.join(""));
const withParameters = (one: fc.Arbitrary<string>) =>
  fc
    .tuple(one, fc.array(fc.oneof(word, valued(word, fc.oneof(word, quoted))), { maxLength: 2 }))
    .map((parts) => parts.flat().join("; "));
const isOther = (text: string) => !/^wait/i.test(text);
const others = fc.array(
  withParameters(fc.oneof(word, valued(word, fc.oneof(word, quoted))).filter(isOther)),
  { maxLength: 3 },
);

test("[T-20] a wait is found among any other preferences, however it is written", () => {
  const seconds = fc.nat(100_000);
  const name = fc.constantFrom("wait", "Wait", "WAIT");
  fc.assert(
    fc.property(others, seconds, name, fc.boolean(), others, separator, (...given) => {
      const [before, wait, name, isQuoted, after, between] = given;
      const value = isQuoted ? `"${wait}"` : wait;
      const text = [...before, `${name}=${value}`, ...after].join(between);
      expect(Prefer.parse(text).wait, text).toBe(wait);
    }),
  );
});

test("[T-20] no text in Prefer is a fault, and what comes of it is a time or none", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc
      .array(fc.constantFrom("wait", "=", '"', "\\", ",", ";", " ", "7", "\t"))
      .map((p) => p.join("")),
  );
  fc.assert(
    fc.property(text, (text) => {
      const { wait } = Prefer.parse(text);
      expect(wait === undefined || (Number.isSafeInteger(wait) && wait >= 0)).toBe(true);
    }),
  );
});

test.each(['"', '\\"', ",", " ", "=", ";", 'a="', 'wait=1;"'])(
  "[T-20] the time that a hostile Prefer of %j takes grows with its length",
  (part) => {
    const read = (text: string) => expect(Prefer.safeParse(text).success).toBe(true);
    expect(growsWithLength(read, (length) => `${part.repeat(length / part.length)}!`)).toBe(true);
  },
);
