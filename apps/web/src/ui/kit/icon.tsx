import type { IconNode } from "lucide";
import { createElement, type SVGProps } from "react";

interface IconProps extends SVGProps<SVGSVGElement> {
  readonly of: IconNode;
  /** Pixels. */
  readonly size: number;
}

/** An icon of Lucide. Without an `aria-label` it is for the eye alone: words stand beside it. */
export function Icon({ of, size, ...rest }: IconProps) {
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: it is hidden, or has a label of its own.
    <svg
      aria-hidden={rest["aria-label"] === undefined ? true : undefined}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={2}
      strokeLinecap="round"
      strokeLinejoin="round"
      {...rest}
    >
      {of.map(([tag, attributes], index) => createElement(tag, { key: index, ...attributes }))}
    </svg>
  );
}
