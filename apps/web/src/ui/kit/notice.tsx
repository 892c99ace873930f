import type { ReactNode } from "react";

/** The whole content of a screen below its bar: one statement, and what to do about it. */
export function Notice({
  title,
  text,
  children,
}: {
  title: string;
  text: ReactNode;
  children: ReactNode;
}) {
  return (
    <main
      id="content"
      tabIndex={-1}
      className="mx-auto w-full max-w-list px-4 py-12 outline-none sm:py-16"
    >
      <h1 className="text-title">{title}</h1>
      <p className="mt-2 max-w-prose text-muted">{text}</p>
      <div className="mt-6 flex flex-wrap gap-2">{children}</div>
    </main>
  );
}
