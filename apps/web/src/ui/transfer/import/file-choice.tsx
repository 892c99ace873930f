import { buttonClass } from "#ui/kit/button.tsx";

/** A native file input that looks as the other buttons do, and a place to drop a file. */
export function FileChoice() {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-control border border-edge border-dashed p-4">
      <label
        className={`${buttonClass()} relative cursor-pointer has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2 has-disabled:cursor-default has-disabled:bg-hover has-disabled:text-muted`}
      >
        <input
          type="file"
          accept=".json,.csv,.zip,application/json,text/csv,application/zip"
          aria-describedby="import-hint"
          className="absolute inset-0 h-full w-full cursor-pointer opacity-0"
        />
        Choose a file
      </label>
      <p id="import-hint" className="min-w-0 text-meta text-muted">
        A JSON export of Tend, a CSV template or a backup (ZIP) of Todoist, a backup of TickTick,
        the tasks of Google Takeout, or any CSV
        <span className="pointer-coarse:hidden">. You can also drop it here</span>.
      </p>
    </div>
  );
}
