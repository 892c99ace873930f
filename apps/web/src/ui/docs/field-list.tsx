import { nameOf, resolve, type Schema } from "./document.ts";
import { type FieldLine, fieldsOf, kindsOf, listedIn } from "./fields.ts";
import { InlineCode, Sentence } from "./sentence.tsx";

/** The fields of an object, one line each. */
export function FieldList({ lines }: { lines: readonly FieldLine[] }) {
  return (
    <dl className="divide-y divide-divider border-divider border-y">
      {lines.map(({ name, type, limits, required, description }) => (
        <div key={name} className="grid gap-1 py-3">
          <dt className="flex flex-wrap items-baseline gap-x-2 text-meta">
            <code className="font-medium font-mono text-text">{name}</code>
            {type && <span className="text-muted">{type}</span>}
            {required && <span className="text-warn">required</span>}
          </dt>
          {(description || limits) && (
            <dd className="text-meta text-muted">
              {description && <Sentence text={description} />}
              {description && limits && " "}
              {limits && <Sentence text={sentence(limits)} />}
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

/** The shape of a body: its fields, or the kinds that it can be, then the items of its lists. */
export function SchemaFields({ schema }: { schema: Schema }) {
  const name = nameOf(schema);
  const { description } = resolve(schema);
  return (
    <>
      {name && description && (
        <p className="text-meta text-muted">
          <InlineCode>{name}</InlineCode> <Sentence text={description} />
        </p>
      )}
      <FieldList lines={[...kindsOf(schema), ...fieldsOf(schema)]} />
      {listedIn(schema).map((part) => (
        <SchemaFields key={nameOf(part)} schema={part} />
      ))}
    </>
  );
}
