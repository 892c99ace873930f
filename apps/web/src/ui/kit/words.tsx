import type { ReactNode } from "react";

interface WordsProps {
  readonly className?: string;
  readonly children: ReactNode;
}

/**
 * Words that change, in an element that is replaced with them. A translator puts nodes of its own
 * in place of a text: React would go on writing into the removed one, or fail to remove it.
 */
export function Words({ className, children }: WordsProps) {
  return (
    <span key={typeof children === "string" ? children : "nodes"} className={className}>
      {children}
    </span>
  );
}
