import { randomUUID } from "node:crypto";
import worker from "#ui/offline/service-worker.js";

/** The worker is written at build time: each build has its own, which replaces the last. */
export const dynamic = "force-static";

/** The worker of development removes itself, since files there change and keep their names. */
const none = `
addEventListener("install", () => skipWaiting());
addEventListener("activate", () => registration.unregister());`;

export function GET(): Response {
  const text = worker.replace('"tend-BUILD"', `"tend-${randomUUID()}"`);
  return new Response(process.env.NODE_ENV === "development" ? none : text, {
    headers: { "Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-cache" },
  });
}
