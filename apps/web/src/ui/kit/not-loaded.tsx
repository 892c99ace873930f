import { Button } from "./button.tsx";
import { FieldError } from "./field.tsx";

interface NotLoadedProps {
  /** As the sentence begins. */
  readonly what: string;
  /** What asks for it once more, where the network is to blame. */
  readonly again?: string;
  /** Keeps what was typed into it and no draft holds. */
  readonly onReload?: () => void;
  /** Goes on without it. */
  readonly onCancel?: () => void;
}

/** Says that the script of a part did not come, and offers what helps: the page of the present build. */
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

/** The way on for a page whose files are gone. */
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
