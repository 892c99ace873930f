"use client";

import { lazy, Suspense, useEffect, useState } from "react";
import type { ExternalToast } from "sonner";

const sonner = () => import("./sonner.tsx");
// A page does without its messages where their script cannot be had.
const Sonner = lazy(() => sonner().catch(() => ({ default: () => <></> })));

/** Shows a message that goes by itself. Its place on the screen is `Toaster`. */
export async function showToast(message: string, options?: ExternalToast): Promise<void> {
  const loaded = await sonner().catch(() => undefined);
  loaded?.toast(message, options);
}

/** Where messages appear. Put one on a page; its script comes after the page is usable. */
export function Toaster() {
  const [ready, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  return (
    ready && (
      <Suspense>
        <Sonner />
      </Suspense>
    )
  );
}
