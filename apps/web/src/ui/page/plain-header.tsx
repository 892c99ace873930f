import { Bar, Brand, homeClass } from "#ui/kit/bar.tsx";

/** The bar of the error pages. Its link is a plain one: a full page load also mends a failed script. */
export function PlainHeader() {
  return (
    <Bar>
      <a href="/" className={homeClass}>
        <Brand />
      </a>
    </Bar>
  );
}
