import { expect, test } from "vitest";
import { clientAddress, makeProxyList } from "./client-address.ts";

const trusted = ["127.0.0.1", "::1", "10.0.0.0/8", "2001:db8:aa::/48"];

test.each<[string, string, string[], string]>([
  ["no proxy", "192.0.2.7", [], "192.0.2.7"],
  ["a stranger who writes the header", "192.0.2.7", ["198.51.100.1"], "192.0.2.7"],
  ["a stranger who names a proxy", "192.0.2.7", ["198.51.100.1, 127.0.0.1"], "192.0.2.7"],
  ["one proxy", "127.0.0.1", ["198.51.100.1"], "198.51.100.1"],
  ["one proxy, over IPv6", "::1", ["2001:db8::7"], "2001:db8::7"],
  ["one proxy, as a mapped address", "::ffff:127.0.0.1", ["198.51.100.1"], "198.51.100.1"],
  ["one proxy, mapped and in hex", "::ffff:7f00:1", ["198.51.100.1"], "198.51.100.1"],
  ["a mapped stranger", "::ffff:192.0.2.7", ["198.51.100.1"], "192.0.2.7"],
  ["what the caller wrote before the proxy", "127.0.0.1", ["1.2.3.4, 192.0.2.7"], "192.0.2.7"],
  ["a chain of two", "127.0.0.1", ["192.0.2.7, 10.1.2.3"], "192.0.2.7"],
  [
    "a chain of three, one in IPv6",
    "127.0.0.1",
    ["192.0.2.7,2001:db8:aa::5, 10.9.9.9"],
    "192.0.2.7",
  ],
  ["a chain over two headers", "127.0.0.1", ["192.0.2.7", "10.1.2.3"], "192.0.2.7"],
  ["a forged chain of two", "127.0.0.1", ["6.6.6.6, 10.6.6.6, 192.0.2.7, 10.1.2.3"], "192.0.2.7"],
  ["callers that are proxies themselves", "127.0.0.1", ["10.0.0.1, 10.0.0.2"], "10.0.0.1"],
  ["a proxy that says nothing", "127.0.0.1", [], "127.0.0.1"],
  ["an empty header", "127.0.0.1", [""], "127.0.0.1"],
  ["a port", "127.0.0.1", ["192.0.2.7:51234"], "192.0.2.7"],
  ["brackets", "127.0.0.1", ["[2001:db8::7]"], "2001:db8::7"],
  ["brackets and a port", "127.0.0.1", ["[2001:db8::7]:443"], "2001:db8::7"],
  ["quotes", "127.0.0.1", ['"[2001:db8::7]:443"'], "2001:db8::7"],
  ["a mapped entry", "127.0.0.1", ["::ffff:192.0.2.7"], "192.0.2.7"],
  ["a mapped proxy in the chain", "127.0.0.1", ["192.0.2.7, ::ffff:10.1.1.1"], "192.0.2.7"],
  ["a zone", "fe80::1%eth0", [], "fe80::1"],
  ["garbage", "127.0.0.1", ["unknown"], "127.0.0.1"],
  ["garbage behind which an address stands", "127.0.0.1", ["192.0.2.7, _hidden"], "127.0.0.1"],
  ["garbage before a proxy", "127.0.0.1", ["<script>, 10.1.2.3"], "10.1.2.3"],
  ["a number that is no address", "127.0.0.1", ["2130706433"], "127.0.0.1"],
  ["a short form", "127.0.0.1", ["127.1"], "127.0.0.1"],
  ["an empty entry", "127.0.0.1", ["192.0.2.7, "], "127.0.0.1"],
  ["a connection that is gone", "", ["192.0.2.7"], ""],
])("[A-12] %s", (_, peer, forwarded, address) => {
  expect(clientAddress(peer, forwarded, makeProxyList(trusted))).toBe(address);
});

test("[A-12] without proxies that are trusted the connection alone counts", () => {
  expect(clientAddress("127.0.0.1", ["192.0.2.7"], makeProxyList([]))).toBe("127.0.0.1");
});
