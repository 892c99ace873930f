import Link from "next/link";
import type { ReactNode } from "react";
import { Bar, Brand, homeClass } from "#ui/kit/bar.tsx";

export interface HeaderProps {
  /** Where the name of the product leads. */
  home?: "/" | "/tasks";
  /** Beside the name: tabs, a title with its count. */
  start?: ReactNode;
  /** At the right: sort, search, account. */
  end?: ReactNode;
}

/** The bar, with the way home and what the screen puts into it. */
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
