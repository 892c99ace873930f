/** A sentence of the contract, with the text between backticks as code. */
export function Sentence({ text }: { text: string }) {
  return text.split("`").map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one sentence never move.
      <InlineCode key={index}>{part}</InlineCode>
    ),
  );
}

export function InlineCode({ children }: { children: string }) {
  return (
    <code className="break-words rounded-[4px] bg-hover px-1 py-0.5 font-mono text-[0.9em]">
      {children}
    </code>
  );
}
