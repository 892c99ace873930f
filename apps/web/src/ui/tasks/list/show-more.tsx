import { startTransition, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Button } from "#ui/kit/button.tsx";

const first = 200;
const further = 100;

/** How many rows of a long list are drawn: more each time that the end comes near. */
export function useDrawn(): { readonly drawn: number; readonly drawMore: () => void } {
  const [drawn, setDrawn] = useState(first);
  useEffect(() => {
    // Paper does not scroll.
    const drawAll = () => flushSync(() => setDrawn(Number.POSITIVE_INFINITY));
    addEventListener("beforeprint", drawAll);
    return () => removeEventListener("beforeprint", drawAll);
  }, []);
  // Between frames, as far as they leave time: who scrolls must not feel it.
  const drawMore = () => startTransition(() => setDrawn(drawn + further));
  return { drawn, drawMore };
}

/** Shows more by itself as it comes near; a button, for who does not scroll. */
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
