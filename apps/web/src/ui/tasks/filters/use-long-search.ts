import { type RefObject, useState } from "react";
import { flushSync } from "react-dom";

interface LongSearch {
  /** Whether the search was opened in place of the browser's own, which its field then explains. */
  readonly isInPlace: boolean;
  /** Goes to the search, with a word why. False: the search has the focus already. */
  readonly searchLongList: () => boolean;
  readonly endSearch: () => void;
}

/** The search as what takes the place of the browser's, which sees only the rows that are drawn. */
export function useLongSearch(
  field: RefObject<HTMLInputElement | null>,
  focusSearch: () => void,
): LongSearch {
  const [isInPlace, setInPlace] = useState(false);
  return {
    isInPlace,
    searchLongList() {
      if (document.activeElement === field.current) return false;
      // The word is there before the focus comes, so that a screen reader reads it with the field.
      flushSync(() => setInPlace(true));
      focusSearch();
      return true;
    },
    endSearch: () => setInPlace(false),
  };
}
