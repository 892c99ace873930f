import { Dialog } from "#ui/kit/dialog.tsx";
import { NotLoaded } from "#ui/kit/not-loaded.tsx";
import { useLoaded } from "#ui/kit/use-loaded.ts";
import { loadCommandParts } from "./load-command-parts.ts";

/** The dialog with all keys, whose script loads at the first use. */
export function ShortcutHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const table = useLoaded(open, loadCommandParts);
  return (
    <Dialog open={open} title="Keyboard shortcuts" onClose={onClose}>
      {table.is === "loaded" ? (
        <table.part.ShortcutTable />
      ) : (
        table.is === "loading" && <p className="text-muted">Loading the shortcuts</p>
      )}
      {table.is === "failed" && <NotLoaded what="The shortcuts" />}
    </Dialog>
  );
}
