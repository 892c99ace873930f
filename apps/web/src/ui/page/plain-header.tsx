import { Bar, Brand, homeClass } from "#ui/kit/bar.tsx";

/**
 * The bar of pages that stand for another one. Its link is plain: a full load reaches the server or
 * the service worker, and mends a page whose script has failed.
 */
export function PlainHeader() {
  return (
    <Bar>
      <a href="/" className={homeClass}>
        <Brand />
      </a>
    </Bar>
  );
}
