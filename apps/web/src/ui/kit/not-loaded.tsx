import { Button } from "./button.tsx";
import { FieldError } from "./field.tsx";

interface NotLoadedProps {
  /** The subject of the sentence: "The messages". */
  readonly what: string;
  /** The advice for a device without a network: how to load the part once connected. */
  readonly again?: string;
  /** Stores typed text that no draft holds, before the page reloads. */
  readonly onReload?: () => void;
  /** Goes on without the part. */
  readonly onCancel?: () => void;
}

/** Says that the script of a part did not load, and offers a reload, onto the present build. */
export function NotLoaded({ what, again = "try again", onReload, onCancel }: NotLoadedProps) {
  const isOnline = navigator.onLine;
  const advice = isOnline ? "Reload the page" : `Once you are connected, ${again}`;
  return (
    <div role="alert" className="flex flex-wrap items-center gap-x-3 gap-y-2 print:hidden">
      <FieldError>{`${what} could not be loaded. ${advice}; what you typed is kept.`}</FieldError>
      {isOnline && <Reload onReload={onReload} />}
      {onCancel && (
        <Button size="small" onClick={onCancel}>
          Cancel
        </Button>
      )}
    </div>
  );
}

/** A button that reloads a page whose files are gone from the server. */
export function Reload({ onReload }: { onReload?: (() => void) | undefined }) {
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
