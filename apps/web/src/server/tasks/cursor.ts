import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from "node:crypto";
import { derivedKeys } from "#server/auth/signing-keys.ts";

/** The place after which a page begins: the order key of a task and its id. */
export interface Place {
  readonly key: string;
  readonly id: string;
}

const algorithm = "aes-256-gcm";
const [ivLength, tagLength] = [12, 16];

const keys = () => derivedKeys("tend cursor");

/**
 * Seals a place for one scope (user, order, filter). Sealed, since the key of a title is the title,
 * and addresses end up in logs (E-4); and so that only a cursor of ours for this very list opens.
 */
export function sealCursor(scope: string, { key, id }: Place): string {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv(algorithm, keys()[0], iv).setAAD(Buffer.from(scope));
  const text = Buffer.concat([cipher.update(JSON.stringify([key, id]), "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]).toString("base64url");
}

/**
 * The place that was sealed for this scope, or undefined where it was not. `isCurrent`: it was sealed
 * with the secret of today, so that the same cursor can be handed out again.
 */
export function openCursor(
  scope: string,
  cursor: string,
): (Place & { readonly isCurrent: boolean }) | undefined {
  const bytes = Buffer.from(cursor, "base64url");
  if (bytes.length <= ivLength + tagLength) return undefined;
  for (const [index, key] of keys().entries()) {
    try {
      return { ...open(key, scope, bytes), isCurrent: index === 0 };
    } catch {
      // Not sealed with this key, for this scope.
    }
  }
  return undefined;
}

/** Throws where the authentication tag does not match. */
function open(key: KeyObject, scope: string, bytes: Buffer): Place {
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivLength), {
    authTagLength: tagLength,
  });
  decipher.setAAD(Buffer.from(scope));
  decipher.setAuthTag(bytes.subarray(ivLength, ivLength + tagLength));
  const text = Buffer.concat([
    decipher.update(bytes.subarray(ivLength + tagLength)),
    decipher.final(),
  ]);
  const [place, id]: [string, string] = JSON.parse(text.toString("utf8"));
  return { key: place, id };
}
