import { useEffect, useState } from "react";

export type Loaded<Part> =
  | { readonly is: "loading" }
  | { readonly is: "failed" }
  | { readonly is: "loaded"; readonly part: Part };

/**
 * A part whose script comes when it is first wanted. One that did not come is asked for again each
 * time that another wish takes the place of the one before. `load` is a `part` of kit/part.ts.
 */
export function useLoaded<Part>(wanted: unknown, load: () => Promise<Part>): Loaded<Part> {
  const [loaded, setLoaded] = useState<Loaded<Part>>({ is: "loading" });
  useEffect(() => {
    if (!wanted) return;
    load().then(
      (part) => setLoaded({ is: "loaded", part }),
      () => setLoaded({ is: "failed" }),
    );
  }, [wanted, load]);
  return loaded;
}
