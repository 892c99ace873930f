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

/** The fields of an object, as a reader wants them. */
export function fieldsOf(schema: Schema): readonly FieldLine[] {
  const { properties = {}, required = [] } = resolve(schema);
  return Object.entries(properties).map(([name, property]) =>
    fieldLine(name, property, required.includes(name)),
  );
}

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
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
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
