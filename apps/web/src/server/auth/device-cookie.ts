import { timingSafeEqual } from "node:crypto";
import { cookiePrefix, isHttps } from "@tend/contracts/cookie";
import type { RequestHeaders } from "#server/http/api-request.ts";
import { env } from "../env.ts";
import { hashOf } from "./sign-in-guard.ts";

/** Accounts that one browser is remembered for, the latest first: enough for a family. */
const mostAccounts = 5;

/** Seconds: a year, begun anew by each sign-in. */
const lifetime = 365 * 24 * 60 * 60;

const cookieName = () => `${cookiePrefix(env().BETTER_AUTH_URL)}.device`;

/** The Cookie header by its parts, and of each its name and its value. */
const pairsOf = (
  caller: RequestHeaders,
): (readonly [pair: string, name: string, value: string])[] =>
  (caller.get("Cookie") ?? "").split(";").flatMap((text) => {
    const pair = text.trim();
    const [name = "", ...rest] = pair.split("=");
    return pair === "" ? [] : [[pair, name, rest.join("=")] as const];
  });

/**
 * Proves that the browser was given this number at a sign-in to the account. It depends on the
 * user's id and not on the email, which may belong to another account later.
 */
const proofOf = (userId: string, device: string): string =>
  hashOf(`proof ${userId} ${device}`).slice(0, 32);

const isEqual = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

interface Entry {
  readonly device: string;
  readonly proof: string;
}

function entriesOf(caller: RequestHeaders): Entry[] {
  const ours = cookieName();
  const [, , value = ""] = pairsOf(caller).find(([, name]) => name === ours) ?? [];
  return value
    .split("~", mostAccounts)
    .flatMap((text) => (/^[0-9a-f-]{36}\.[0-9a-f]{32}$/.test(text) ? [text.split(".")] : []))
    .map(([device = "", proof = ""]) => ({ device, proof }));
}

/** the number that this browser was given when it last signed in to this account. */
export const deviceOf = (caller: RequestHeaders, userId: string): string | undefined =>
  entriesOf(caller).find(({ device, proof }) => isEqual(proof, proofOf(userId, device)))?.device;

/** The cookie by which this browser is known to have signed in to this account. */
export const rememberDevice = (caller: RequestHeaders, userId: string): string => {
  const device = deviceOf(caller, userId) ?? crypto.randomUUID();
  return cookieOf([{ device, proof: proofOf(userId, device) }, ...others(caller, userId)]);
};

/** The cookie without this account, which is deleted. */
export const forgetDevice = (caller: RequestHeaders, userId: string): string =>
  cookieOf(others(caller, userId));

const others = (caller: RequestHeaders, userId: string): Entry[] =>
  entriesOf(caller).filter(({ device, proof }) => !isEqual(proof, proofOf(userId, device)));

function cookieOf(entries: readonly Entry[]): string {
  const newest = entries.slice(0, mostAccounts);
  const value = newest.map(({ device, proof }) => `${device}.${proof}`).join("~");
  const secure = isHttps(env().BETTER_AUTH_URL) ? "; Secure" : "";
  const age = newest.length > 0 ? lifetime : 0;
  return `${cookieName()}=${value}; Max-Age=${age}; Path=/${secure}; HttpOnly; SameSite=Lax`;
}

/** The headers without the device cookie, which opens nothing and is no sign of a session. */
export function withoutDevice(caller: RequestHeaders): Headers {
  const headers = new Headers([...caller]);
  const ours = cookieName();
  const rest = pairsOf(caller)
    .flatMap(([pair, name]) => (name === ours ? [] : [pair]))
    .join("; ");
  if (rest) headers.set("Cookie", rest);
  else headers.delete("Cookie");
  return headers;
}
