import { useEffect, useState } from "react";

export type Loaded<Part> =
  | { readonly is: "loading" }
  | { readonly is: "failed" }
  | { readonly is: "loaded"; readonly part: Part };

/**
 * Loads a part once `wanted` is truthy, and again, after a failure, whenever `wanted` changes.
 * `load` is a `part` of kit/part.ts.
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
