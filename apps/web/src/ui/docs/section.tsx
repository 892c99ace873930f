import type { ReactNode } from "react";

/** A heading that can be linked to. */
export function Heading({
  level,
  id,
  children,
}: {
  level: 2 | 3;
  id?: string;
  children: ReactNode;
}) {
  const Tag = `h${level}` as const;
  const linked = id ? (
    <a href={`#${id}`} className="rounded-[2px] hover:underline hover:underline-offset-4">
      {children}
    </a>
  ) : (
    children
  );
  return <Tag className={level === 2 ? "text-title tracking-tight" : "text-section"}>{linked}</Tag>;
}

/** A chapter of the page. */
export function Chapter({
  id,
  title,
  text,
  children,
}: {
  id: string;
  title: string;
  text?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section id={id} className="border-divider border-t py-12">
      <Heading level={2} id={id}>
        {title}
      </Heading>
      {text && <p className="mt-2 max-w-prose text-muted">{text}</p>}
      {children}
    </section>
  );
}

/** Words on the left and code on the right; one below the other on a narrow screen. */
export function Pair({
  id,
  children,
  samples,
}: {
  id?: string;
  children: ReactNode;
  samples: ReactNode;
}) {
  return (
    <div id={id} className="drawn-near mt-10 grid items-start gap-6 xl:grid-cols-2 xl:gap-10">
      <div className="grid min-w-0 gap-3">{children}</div>
      <div className="grid min-w-0 gap-3 xl:sticky xl:top-[72px]">{samples}</div>
    </div>
  );
}
