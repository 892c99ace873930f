import { Dialog } from "#ui/dialog.tsx";
import { useLoaded } from "#ui/use-loaded.ts";

const load = () => import("./shortcut-table.tsx");

/** All keys; on first use the script for it comes. */
export function ShortcutHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const table = useLoaded(open, load);
  return (
    <Dialog open={open} title="Keyboard shortcuts" onClose={onClose}>
      {table.is === "loaded" ? (
        <table.part.ShortcutTable />
      ) : (
        <p className="text-muted">
          {table.is === "failed"
            ? "They could not be loaded. Close this and try again."
            : "Loading the shortcuts"}
        </p>
      )}
    </Dialog>
  );
}
