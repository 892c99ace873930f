import { Code, CodeLine } from "#ui/kit/code.tsx";

/** A value as JSON, to read, in the colours of the design tokens. */
export function JsonSample({ title, value }: { title: string; value: unknown }) {
  const text = JSON.stringify(value, null, 2);
  return (
    <Code readOnly title={title} text={text}>
      <span className="block text-muted">
        {text.split("\n").map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one text never move.
          <CodeLine key={index}>
            <Colored line={line} />
          </CodeLine>
        ))}
      </span>
    </Code>
  );
}

/** Splits a line at keys, strings and other values; punctuation lands at the even places. */
const parts = /("(?:\\.|[^"\\])*"(?:\s*:)?|\b(?:true|false|null)\b|-?\d[\d.]*)/;

/** One coloured line. Only coloured parts are elements: the page shows hundreds of lines. */
function Colored({ line }: { line: string }) {
  return line.split(parts).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one line never move.
      <span key={index} className={colorOf(part)}>
        {part}
      </span>
    ),
  );
}

function colorOf(part: string): string {
  if (part.endsWith(":")) return "text-text";
  return part.startsWith('"') ? "text-success" : "text-accent";
}
