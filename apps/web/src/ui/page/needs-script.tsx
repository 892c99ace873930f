/** A notice for browsers without scripts. Controls that need one are hidden by `noscript:`. */
export function NeedsScript({ text }: { text: string }) {
  return (
    <noscript>
      <p
        role="note"
        className="mx-auto mt-4 w-[calc(100%-32px)] max-w-list rounded-control border border-divider bg-surface px-4 py-3"
      >
        {text} Allow JavaScript for this address in your browser's settings, then load this page
        again.
      </p>
    </noscript>
  );
}
