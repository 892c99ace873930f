import type { Refusal } from "./import-run.ts";

const shown = 20;

/** The refused tasks, by title, in the order of the file, which is sent from its end. */
export function ImportReport({ refusals }: { refusals: readonly Refusal[] }) {
  return (
    <ImportFaults
      title="These were not imported"
      faults={refusals
        .toReversed()
        .map(({ place, title, reason }) => ({ place, text: `${title}: ${reason}` }))}
    />
  );
}

interface ImportFaultsProps {
  readonly title: string;
  readonly faults: readonly { readonly place: string; readonly text: string }[];
}

/** The first of the faults, and the number of others. */
export function ImportFaults({ title, faults }: ImportFaultsProps) {
  if (faults.length === 0) return null;
  const more = faults.length - shown;
  return (
    <div className="w-full min-w-0">
      <h3 className="font-medium">{title}</h3>
      <ul className="mt-1 grid gap-1 text-meta">
        {faults.slice(0, shown).map(({ place, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two can say the same, and they do not move.
          <li key={index} className="break-words">
            <span className="text-muted">{place}</span> {text}
          </li>
        ))}
        {more > 0 && <li className="text-muted">and {more.toLocaleString("en")} more</li>}
      </ul>
    </div>
  );
}
