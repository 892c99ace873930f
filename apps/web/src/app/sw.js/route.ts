import { randomUUID } from "node:crypto";
import worker from "#ui/offline/service-worker.js";

/** Written once, while building: each build has a worker of its own, which replaces the last. */
export const dynamic = "force-static";

/** In development files keep their names while they change, so that no worker may stay. */
const none = `
addEventListener("install", () => skipWaiting());
addEventListener("activate", () => registration.unregister());`;

export function GET(): Response {
  const text = worker.replace('"tend-BUILD"', `"tend-${randomUUID()}"`);
  return new Response(process.env.NODE_ENV === "development" ? none : text, {
    headers: { "Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-cache" },
  });
}
