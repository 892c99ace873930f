import { useEffect, useRef } from "react";
import { Button } from "#ui/button.tsx";

/** Rows drawn at first, and again each time the end comes near. */
export const batch = 200;

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
    <div ref={ref} className="grid justify-center py-4">
      <Button onClick={onShow}>Show more ({rest.toLocaleString("en")})</Button>
    </div>
  );
}
