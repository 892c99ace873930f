import { nameOf, resolve, type Schema } from "./document.ts";

/** One line of a table of fields. */
export interface FieldLine {
  readonly name: string;
  readonly type: string;
  /** Limits, choices and the default, in words. */
  readonly limits: string;
  readonly required: boolean;
  readonly description: string | undefined;
}

/** The fields of an object, as lines of a table. */
export function fieldsOf(schema: Schema): readonly FieldLine[] {
  const { properties = {}, required = [] } = resolve(schema);
  return Object.entries(properties).map(([name, property]) =>
    fieldLine(name, property, required.includes(name)),
  );
}

/** The alternatives of a value (`oneOf`), each named by the constant that distinguishes it. */
export function kindsOf(schema: Schema): readonly FieldLine[] {
  return (resolve(schema).oneOf ?? []).map(({ properties = {}, required = [] }) => {
    const entries = Object.entries(properties);
    const [, mark] = entries.find(([, { const: value }]) => value !== undefined) ?? [];
    const others = entries.filter(([, property]) => property !== mark);
    const named = (wanted: boolean) =>
      others
        .filter(([name]) => required.includes(name) === wanted)
        .map(([name, property]) => `\`${name}\` (${typeOf(property)})`)
        .join(", ");
    return {
      name: mark?.const ?? "",
      type: "",
      limits: [named(true), named(false) && `optional ${named(false)}`].filter(Boolean).join("; "),
      required: false,
      description: mark?.description,
    };
  });
}

/** The schemas of items in an object's lists, of those that have a name. */
export const listedIn = (schema: Schema): readonly Schema[] =>
  Object.values(resolve(schema).properties ?? {}).flatMap(({ items }) =>
    items && nameOf(items) !== undefined ? [items] : [],
  );

export const fieldLine = (
  name: string,
  schema: Schema,
  required: boolean,
  description = schema.description,
): FieldLine => ({ name, type: typeOf(schema), limits: limitsOf(schema), required, description });

const formats: Readonly<Record<string, string>> = {
  uuid: "UUID",
  date: "date",
  "date-time": "date and time",
  email: "email address",
};

/** The type in words: "string or null", "array of Task". */
export function typeOf(schema: Schema): string {
  const name = nameOf(schema);
  if (name !== undefined) return name;
  const kinds = schema.anyOf ?? schema.oneOf;
  if (kinds) return kinds.map(typeOf).join(" or ");
  if (schema.items) return `array of ${typeOf(schema.items)}`;
  if (schema.format !== undefined) return formats[schema.format] ?? schema.format;
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? ["any"]);
  return types.join(" or ");
}

function limitsOf(schema: Schema): string {
  const { minLength = 0, maxLength, minimum, maximum } = schema;
  return [
    schema.enum?.map((value) => `\`${value}\``).join(", "),
    schema.const !== undefined && `always \`${schema.const}\``,
    maxLength !== undefined &&
      (minLength > 0
        ? `${minLength} to ${count(maxLength)} characters`
        : `at most ${count(maxLength)} characters`),
    minimum !== undefined && maximum !== undefined && `${minimum} to ${maximum}`,
    schema.default !== undefined && `default \`${schema.default}\``,
  ]
    .filter((words) => words)
    .join("; ");
}

const count = (number: number): string => number.toLocaleString("en");
