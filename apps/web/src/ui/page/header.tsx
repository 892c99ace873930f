import Link from "next/link";
import type { ReactNode } from "react";
import { Bar, Brand, homeClass } from "#ui/kit/bar.tsx";

export interface HeaderProps {
  /** The address that the name of the product links to. */
  home?: "/" | "/tasks";
  /** The content beside the name: tabs, a title with its count. */
  start?: ReactNode;
  /** The content at the right: sort, search, account. */
  end?: ReactNode;
}

/** The bar, with the link home and what the screen puts into it. */
export function Header({ home = "/", start, end }: HeaderProps) {
  return (
    <Bar>
      <Link href={home} className={homeClass}>
        <Brand />
      </Link>
      {start}
      <div className="ml-auto flex items-center gap-2">{end}</div>
    </Bar>
  );
}
