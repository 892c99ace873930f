import { useCallback, useState } from "react";

/** Words for screen readers, for a polite live region. The same words twice are said twice. */
export function useAnnouncer(): readonly [words: string, announce: (words: string) => void] {
  const [said, setSaid] = useState("");
  const announce = useCallback(
    (words: string) => setSaid((before) => (before === words ? `${words}\u00a0` : words)),
    [],
  );
  return [said, announce];
}
