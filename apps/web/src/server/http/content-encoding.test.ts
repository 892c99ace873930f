import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { encode, encodingFor, isEncodable } from "./content-encoding.ts";

test.each<[string | undefined, string | undefined]>([
  [undefined, undefined],
  ["", undefined],
  ["gzip", "gzip"],
  ["br", "br"],
  ["GZIP", "gzip"],
  ["x-gzip", "gzip"],
  ["gzip, deflate, br, zstd", "br"],
  ["gzip;q=1.0, br;q=0.5", "gzip"],
  ["br;q=0.5, gzip;q=0.5", "br"],
  ["br;q=0, gzip", "gzip"],
  ["br;q=0, gzip;q=0", undefined],
  ["br;q=0, gzip;q=0.000", undefined],
  ["*", "br"],
  ["*;q=0", undefined],
  ["br;q=0, *", "gzip"],
  ["gzip, *;q=0", "gzip"],
  ["identity", undefined],
  ["identity;q=0", undefined],
  ["identity;q=0, *", "br"],
  ["identity;q=1, br;q=0.5", undefined],
  ["identity;q=0.5, br;q=0.5", "br"],
  ["identity;q=0, gzip;q=0.1", "gzip"],
  ["deflate, zstd", undefined],
  ["gzip ; q = 0.4", "gzip"],
  ["gzip;q=2", undefined],
  ["gzip;q=x", undefined],
  ["gzip;q=-1", undefined],
  ["gzip;level=9;q=0", undefined],
  ["gzipped", undefined],
  [",,;;,", undefined],
  ["__proto__, constructor", undefined],
])("[C-11] Accept-Encoding %j takes %j", (accepted, encoding) => {
  expect(encodingFor(accepted)).toBe(encoding);
});

test("[C-11] what is short, or says no-transform, is told as it is", () => {
  expect(isEncodable("x".repeat(1_024), "no-store")).toBe(true);
  expect(isEncodable("x".repeat(1_023), "no-store")).toBe(false);
  expect(isEncodable("x".repeat(9_999), "no-store, no-transform")).toBe(false);
  expect(isEncodable(null, "no-store")).toBe(false);
});

test("[C-11] what is encoded is the same text, and shorter", async () => {
  const text = JSON.stringify(Array.from({ length: 500 }, (_, n) => ({ title: `Täsk ${n} 😀` })));
  const [br, gzip] = [await encode("br", text), await encode("gzip", text)];
  expect(brotliDecompressSync(br).toString()).toBe(text);
  expect(gunzipSync(gzip).toString()).toBe(text);
  expect(br.length).toBeLessThan(text.length / 3);
  expect(gzip.length).toBeLessThan(text.length / 3);
});
