import { useEffect, useState } from "react";

const signs = ["pointerdown", "keydown"];

/** Whether the page has been used: from then on, scripts that only use needs are fetched. */
export function useTouched(): boolean {
  const [isTouched, setTouched] = useState(false);
  useEffect(() => {
    const touch = () => setTouched(true);
    for (const sign of signs) addEventListener(sign, touch, { once: true, capture: true });
    return () => {
      for (const sign of signs) removeEventListener(sign, touch, { capture: true });
    };
  }, []);
  return isTouched;
}
