import Link from "next/link";
import type { ReactNode } from "react";

export interface HeaderProps {
  /** Where the name of the product leads. */
  home?: "/" | "/tasks";
  /** Beside the name: tabs, a title with its count. */
  start?: ReactNode;
  /** At the right: sort, search, account. */
  end?: ReactNode;
}

/** The bar on top of every screen, 56 px. */
export function Header({ home = "/", start, end }: HeaderProps) {
  return (
    <header className="sticky top-0 z-20 border-divider border-b bg-bg">
      <div className="flex h-14 items-center gap-4 px-4 sm:px-6">
        <Link
          href={home}
          className="-mx-2 flex min-h-11 items-center gap-2 rounded-control px-2 font-semibold text-input tracking-tight"
        >
          <Mark />
          Tend
        </Link>
        {start}
        <div className="ml-auto flex items-center gap-2">{end}</div>
      </div>
    </header>
  );
}

/** A leaf that is also a tick. */
function Mark() {
  return (
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
  );
}
