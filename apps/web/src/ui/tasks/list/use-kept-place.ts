import { useEffect } from "react";
import { flushSync } from "react-dom";

/** How far each list was scrolled, by its address. */
const places = new Map<string, number>();
const addressNow = (): string => location.pathname + location.search;

/** The address that Back or Forward has led to, until its place is found again. */
let returnedTo: string | undefined;
if (typeof window !== "undefined") {
  addEventListener("popstate", () => {
    returnedTo = addressNow();
  });
}

/** What a person moves a page by. */
const moves = ["wheel", "touchmove", "keydown", "pointerdown"];

/** Scrolls to the place of this address as soon as the page is long enough for it. */
function findPlace(): void {
  if (returnedTo === undefined) return;
  const place = returnedTo === addressNow() ? places.get(returnedTo) : undefined;
  const isThere = document.documentElement.scrollHeight >= (place ?? 0) + innerHeight;
  if (place !== undefined && !isThere) return;
  returnedTo = undefined;
  if (place !== undefined) scrollTo({ top: place, behavior: "instant" });
}

/**
 * Finds the place in a list again to which one goes back: the browser looks for it before the list
 * is there, and so does not find it in a long one.
 */
export function useKeptPlace(): void {
  useEffect(() => {
    const note = () => {
      if (returnedTo === undefined) places.set(addressNow(), scrollY);
    };
    const giveUp = () => {
      returnedTo = undefined;
    };
    const onReturn = () => {
      // The list of this address is drawn first.
      flushSync(() => {});
      findPlace();
    };
    const growth = new ResizeObserver(findPlace);
    growth.observe(document.body);
    addEventListener("scroll", note, { passive: true });
    addEventListener("popstate", onReturn);
    for (const move of moves) addEventListener(move, giveUp, { passive: true });
    return () => {
      growth.disconnect();
      removeEventListener("scroll", note);
      removeEventListener("popstate", onReturn);
      for (const move of moves) removeEventListener(move, giveUp);
    };
  }, []);
}
