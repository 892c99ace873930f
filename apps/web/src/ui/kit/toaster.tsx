"use client";

import { useEffect } from "react";
import { Toaster } from "sonner";

export { toast } from "sonner";

/** Resolves once `Sonner` is mounted; it would miss an earlier message. */
export let inPlace: Promise<void>;
let arrive: () => void;

function leave(): void {
  inPlace = new Promise((resolve) => {
    arrive = resolve;
  });
}
leave();

const messagesAround = (element: EventTarget | null): Element | null =>
  element instanceof Element ? element.closest("[data-sonner-toaster]") : null;

/** Stops sonner's timer for a message with the focus, which sonner does for the pointer alone. */
function holdFocused(): void {
  const move = new MouseEvent("mousemove", { bubbles: true });
  // The event follows sonner's own handling of a pointer that leaves.
  queueMicrotask(() => messagesAround(document.activeElement)?.dispatchEvent(move));
}

function releaseLeft({ target, relatedTarget }: FocusEvent): void {
  const left = messagesAround(target);
  if (left === null || left === messagesAround(relatedTarget) || left.matches(":hover")) return;
  left.dispatchEvent(new MouseEvent("mouseout", { bubbles: true }));
}

/** sonner in the app's own style. Loaded by `show-toast.tsx`. */
export function Sonner() {
  // This effect runs after those of sonner inside, which is subscribed by then.
  useEffect(() => {
    arrive();
    document.addEventListener("focusin", holdFocused);
    document.addEventListener("mouseout", holdFocused);
    document.addEventListener("focusout", releaseLeft);
    return () => {
      leave();
      document.removeEventListener("focusin", holdFocused);
      document.removeEventListener("mouseout", holdFocused);
      document.removeEventListener("focusout", releaseLeft);
    };
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
          title: "line-clamp-2 break-words",
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
