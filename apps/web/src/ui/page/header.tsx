import type { ReactNode } from "react";

export interface HeaderProps {
  /** The address that the name of the product links to. */
  home?: "/" | "/tasks";
  /** The content beside the name: tabs, a title with its count. */
  start?: ReactNode;
  /** The content at the right: sort, search, account. */
  end?: ReactNode;
}

/**
 * The bar on top of every screen, 56 px, with the link home and what the screen puts into it. Its links are plain: a full load
 * reaches the server or the service worker, mends a page whose script has failed, and needs none.
 */
export function Header({ home = "/", start, end }: HeaderProps) {
  return (
    <header className="sticky top-0 z-20 print:hidden border-divider border-b bg-bg">
      <div className="flex h-14 items-center gap-2 px-4 sm:gap-4 sm:px-6">
        <a
          href={home}
          className="-mx-2 flex min-h-11 items-center gap-2 rounded-control px-2 font-semibold text-input tracking-tight"
        >
          <Brand />
        </a>
        {start}
        {end && <div className="ml-auto flex items-center gap-2">{end}</div>}
      </div>
    </header>
  );
}

/** The name of the product, and its mark: a leaf that is also a tick. */
function Brand() {
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
