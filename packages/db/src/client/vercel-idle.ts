import type { Pool } from "pg";

/** Where Vercel keeps what a running function may ask of it; its own package reads it there too. */
const platform: { [name: symbol]: { get?(): RequestContext | undefined } | undefined } = globalThis;
const requestContext = Symbol.for("@vercel/request-context");

interface RequestContext {
  waitUntil?(work: Promise<void>): void;
}

/**
 * Vercel freezes a function that has nothing to answer, and its timers with it: what the pool holds
 * then stays open at the server for nobody. Keeps the function awake until idle connections are
 * closed. Outside of Vercel it does nothing.
 */
export function closeBeforeFreezing(pool: Pool): void {
  let finish = () => {};
  pool.on("release", () => {
    finish();
    const context = platform[requestContext]?.get?.();
    context?.waitUntil?.(
      new Promise((resolve) => {
        const timer = setTimeout(resolve, (pool.options.idleTimeoutMillis ?? 0) + 100);
        finish = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    );
  });
}
