import { FieldError } from "#ui/field.tsx";
import type { Loaded } from "#ui/use-loaded.ts";

/** Says so where the script of a part did not come. */
export function NotLoaded({ is }: { is: Loaded<unknown>["is"] }) {
  return (
    <div role="alert">
      {is === "failed" && <FieldError>This could not be loaded. Try again in a moment.</FieldError>}
    </div>
  );
}
