"use client";

import { useEffect, useState } from "react";
import type { ExternalToast } from "sonner";
import { NotLoaded } from "./not-loaded.tsx";
import { part } from "./part.ts";
import { useLoaded } from "./use-loaded.ts";
import { useTouched } from "./use-touched.ts";

const load = part(() => import("./toaster.tsx"));

/** Shows a message for a while, in `Toaster`. False: the script could not be loaded. */
export async function showToast(message: string, options?: ExternalToast): Promise<boolean> {
  dispatchEvent(new Event(wanted));
  // A failure is shown by `Toaster`.
  const sonner = await load().catch(() => undefined);
  if (sonner === undefined) return false;
  await sonner.inPlace;
  sonner.toast(message, options);
  return true;
}

/** Removes the message that `showToast` showed with this id; without one, all messages. */
export async function dismissToast(id?: string): Promise<void> {
  const sonner = await load().catch(() => undefined);
  sonner?.toast.dismiss(id);
}

const wanted = "tend:toast";

/** The place for messages, one on a page; its script loads with the first key or touch. */
export function Toaster() {
  const isTouched = useTouched();
  const [messages, setMessages] = useState(0);
  const sonner = useLoaded(messages || isTouched, load);
  useEffect(() => {
    const want = () => setMessages((count) => count + 1);
    addEventListener(wanted, want);
    return () => removeEventListener(wanted, want);
  }, []);
  if (sonner.is === "loaded") return <sonner.part.Sonner />;
  const isMissed = messages > 0 && sonner.is === "failed";
  return (
    isMissed && (
      <div className="fixed inset-x-4 bottom-28 z-20 mx-auto max-w-form rounded-control border border-divider bg-surface p-3">
        <NotLoaded what="The messages" />
      </div>
    )
  );
}
