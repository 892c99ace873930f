import { createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { env } from "#server/env.ts";

type Keys = readonly [KeyObject, ...KeyObject[]];

/** What a key is for. Stored and sent things depend on these words: none is ever changed. */
type Purpose = "tend cursor" | "tend sign-in";

const cached = new Map<Purpose | "token", Keys>();

/** the key of the secret, which signs and seals, then the retired one's, which still opens. */
function keysFor(name: Purpose | "token", keyOf: (secret: string) => KeyObject): Keys {
  let keys = cached.get(name);
  if (!keys) {
    const { BETTER_AUTH_SECRET, BETTER_AUTH_SECRET_RETIRED } = env();
    keys = [
      keyOf(BETTER_AUTH_SECRET),
      ...(BETTER_AUTH_SECRET_RETIRED ? [keyOf(BETTER_AUTH_SECRET_RETIRED)] : []),
    ];
    cached.set(name, keys);
  }
  return keys;
}

/** the secret itself signs tokens, so that any holder of it can verify and mint them. */
export const tokenKeys = (): Keys =>
  keysFor("token", (secret) => createSecretKey(Buffer.from(secret, "utf8")));

/** All else has keys of its own, by HKDF (RFC 5869), so that none of it is a token. */
export const derivedKeys = (purpose: Purpose): Keys =>
  keysFor(purpose, (secret) =>
    createSecretKey(Buffer.from(hkdfSync("sha256", secret, "", purpose, 32))),
  );
