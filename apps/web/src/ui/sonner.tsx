"use client";

import { useEffect } from "react";
import { Toaster } from "sonner";

export { toast } from "sonner";

/** What is said before is heard by nobody. */
export let inPlace: Promise<void>;
let arrive: () => void;

function leave(): void {
  inPlace = new Promise((resolve) => {
    arrive = resolve;
  });
}
leave();

/** sonner in our own clothes. Loaded by `toaster.tsx`. */
export function Sonner() {
  // After the effects of what is inside, which listens from then on.
  useEffect(() => {
    arrive();
    return leave;
  }, []);
  return (
    <Toaster
      position="bottom-center"
      containerAriaLabel="Messages"
      mobileOffset={{ bottom: "calc(88px + env(safe-area-inset-bottom))", left: 16, right: 16 }}
      gap={8}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-full items-center gap-3 rounded-control border border-divider bg-surface py-2 pr-2 pl-4 font-sans text-row text-text shadow-float sm:w-(--width)",
          content: "min-w-0 grow",
          title: "break-words",
          description: "text-meta text-muted",
          error: "text-danger",
          actionButton:
            "min-h-9 shrink-0 rounded-control px-3 font-medium text-accent hover:bg-hover pointer-coarse:min-h-11",
          cancelButton:
            "min-h-9 shrink-0 rounded-control px-3 text-muted hover:bg-hover pointer-coarse:min-h-11",
        },
      }}
    />
  );
}
