import { Bar, Brand, homeClass } from "#ui/kit/bar.tsx";

/** The bar of pages that every page carries along, shown or not: its link is a plain one. */
export function PlainHeader() {
  return (
    <Bar>
      <a href="/" className={homeClass}>
        <Brand />
      </a>
    </Bar>
  );
}
