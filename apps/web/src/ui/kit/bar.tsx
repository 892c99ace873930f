import type { ReactNode } from "react";

/** The bar on top of every screen, 56 px. */
export function Bar({ children }: { children: ReactNode }) {
  return (
    <header className="sticky top-0 z-20 print:hidden border-divider border-b bg-bg">
      <div className="flex h-14 items-center gap-2 px-4 sm:gap-4 sm:px-6">{children}</div>
    </header>
  );
}

/** The look of the link that leads home; it holds a `Brand`. */
export const homeClass =
  "-mx-2 flex min-h-11 items-center gap-2 rounded-control px-2 font-semibold text-input tracking-tight";

/** The name of the product, and its mark: a leaf that is also a tick. */
export function Brand() {
  return (
    <>
      <svg aria-hidden="true" viewBox="0 0 32 32" className="size-6 text-accent">
        <rect width="32" height="32" rx="8" fill="currentColor" />
        <path
          d="M8.5 16.5 14 22 23.5 10"
          fill="none"
          className="stroke-on-accent"
          strokeWidth="3"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <span translate="no">Tend</span>
    </>
  );
}
