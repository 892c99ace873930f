/** The secret that `launch dev` makes where there is none. */
import { randomBytes } from "node:crypto";
import { appendFileSync, chownSync, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** Makes a BETTER_AUTH_SECRET and appends it to this file, which its owner alone can read. */
export function makeSecret(file: string): string {
  const secret = randomBytes(32).toString("base64");
  const isNew = !existsSync(file);
  appendFileSync(file, `BETTER_AUTH_SECRET=${secret}\n`, { mode: 0o600 });
  // After `sudo pnpm dev` the file goes to the folder's owner, who must read it without sudo too.
  if (isNew && process.getuid?.() === 0) {
    const { uid, gid } = statSync(dirname(file));
    chownSync(file, uid, gid);
  }
  return secret;
}
