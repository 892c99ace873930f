import { startTransition, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Button } from "#ui/kit/button.tsx";

const first = 200;
const further = 100;

/** The number of rows drawn of a long list: more each time that the end comes near. */
export function useDrawn(): { readonly drawn: number; readonly drawMore: () => void } {
  const [drawn, setDrawn] = useState(first);
  useEffect(() => {
    // All rows are drawn for print, since paper does not scroll.
    const drawAll = () => flushSync(() => setDrawn(Number.POSITIVE_INFINITY));
    addEventListener("beforeprint", drawAll);
    return () => removeEventListener("beforeprint", drawAll);
  }, []);
  // Rows are drawn in a transition, so that scrolling stays smooth.
  const drawMore = () => startTransition(() => setDrawn(drawn + further));
  return { drawn, drawMore };
}

/** Draws more rows as it scrolls near; a button, for people who do not scroll. */
export function ShowMore({ rest, onShow }: { rest: number; onShow: () => void }) {
  const ref = useRef<HTMLDivElement>(null);
  const show = useRef(onShow);
  useEffect(() => {
    show.current = onShow;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: observed anew after each batch, since one that stays in view does not report again.
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new IntersectionObserver(
      ([entry]) => entry?.isIntersecting && show.current(),
      { rootMargin: "1500px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [rest]);
  return (
    <div ref={ref} className="grid justify-center py-4 noscript:hidden">
      <Button onClick={onShow}>{`Show more (${rest.toLocaleString("en")})`}</Button>
    </div>
  );
}
