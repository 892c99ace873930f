import { Button } from "#ui/button.tsx";
import { FieldError } from "#ui/field.tsx";
import type { Loaded } from "#ui/use-loaded.ts";

interface NotLoadedProps {
  readonly is: Loaded<unknown>["is"];
  /** As the sentence begins. */
  readonly what: string;
  /** Of what was typed into it, which no draft holds. */
  readonly onReload?: () => void;
}

/** Says so where the script of a part did not come, and offers what helps: the page's own build. */
export function NotLoaded({ is, what, onReload }: NotLoadedProps) {
  return (
    <div role="alert" className="print:hidden">
      {is === "failed" && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <FieldError>{`${what} could not be loaded. Reload the page; what you typed is kept.`}</FieldError>
          <Reload {...(onReload && { onReload })} />
        </div>
      )}
    </div>
  );
}

/** The way on for a page whose files are gone. */
export function Reload({ onReload }: Pick<NotLoadedProps, "onReload">) {
  return (
    <Button
      size="small"
      onClick={() => {
        onReload?.();
        location.reload();
      }}
    >
      Reload
    </Button>
  );
}
