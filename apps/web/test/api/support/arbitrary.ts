import fc from "fast-check";
import { z } from "zod";

type Schema = z.core.JSONSchema.JSONSchema;

/** Values by the name of a property, where its schema alone cannot know good ones. */
export type Known = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/** Texts that are trouble somewhere: in SQL, in JSON, in addresses, in JavaScript, on a screen. */
export const hostileText = fc.constantFrom(
  ..."1.5 -1 0 501 1e309 Infinity NaN null true undefined [] {} __proto__ constructor".split(" "),
  ..."infinity 0000-01-01 2026-02-30 10000-01-01 2026-12-01T00:00:00Z %00 {{7*7}}".split(" "),
  ...["", " ", "\0", "a\0b", "\ud800", "\udc00x", "\ufeff", "\u202eabc", "e\u0301", "\u2028"],
  ...["'; DROP TABLE tasks; --", "../../etc/passwd", "a&b:*|!<->(", "👩‍👩‍👧‍👦", "9".repeat(400)],
  "x".repeat(3000),
);

const operator = fc.constantFrom(
  ..."not set contains in increment push equals then toJSON __proto__ constructor length".split(
    " ",
  ),
);

const objectOf = (name: fc.Arbitrary<string>, value: fc.Arbitrary<unknown>) =>
  fc.array(fc.tuple(name, value), { maxLength: 3 }).map((entries) => Object.fromEntries(entries));

/** JSON that no schema of ours asks for. */
export const hostile: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    hostileText,
    fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      -1,
      1.5,
      2 ** 31,
      2 ** 53,
      1e308,
      -1e308,
      5e-324,
    ),
    fc.array(tie("value"), { maxLength: 3 }),
    objectOf(operator, tie("value")),
  ),
})).value;

/**
 * Values for a schema of the contract, made from its JSON Schema: most of them such as it takes,
 * some at its limits and just over them, some hostile; at every depth.
 */
export function valuesOf(schema: z.ZodType, known: Known = {}): fc.Arbitrary<unknown> {
  const { $defs = {}, ...root } = z.toJSONSchema(schema, { io: "input" });

  const values = (part: Schema): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 50, arbitrary: fitting(part) }, { weight: 1, arbitrary: hostile });

  const fitting = (part: Schema): fc.Arbitrary<unknown> => {
    const { $ref, anyOf, oneOf, type, enum: choices } = part;
    if ($ref !== undefined) return fitting($defs[$ref.replace("#/$defs/", "")] ?? {});
    const among = anyOf ?? oneOf;
    if (among) return fc.oneof(...among.map(fitting));
    if ("const" in part) return fc.constant(part.const);
    if (choices) return fc.constantFrom(...choices);
    if (Array.isArray(type)) return fc.oneof(...type.map((one) => fitting({ ...part, type: one })));
    switch (type) {
      case "object":
        return object(part);
      case "array":
        return list(part);
      case "string":
        return text(part);
      case "integer":
        return whole(part);
      case "boolean":
        return fc.boolean();
      case "null":
        return fc.constant(null);
      default:
        throw new TypeError(`No values are known for the schema ${JSON.stringify(part)}.`);
    }
  };

  const object = ({ properties = {}, required = [] }: Schema) => {
    const fields = Object.entries(properties).map(([name, part]) => {
      if (typeof part === "boolean") throw new TypeError(`${name} has no schema.`);
      return [name, known[name] ?? values(part)] as const;
    });
    const fits = fc.record(Object.fromEntries(fields), {
      requiredKeys: required,
      noNullPrototype: true,
    });
    const more = fc.tuple(fits, objectOf(fc.oneof(operator, hostileText), hostile));
    return fc.oneof(
      { weight: 50, arbitrary: fits },
      { weight: 1, arbitrary: more.map(([one, other]) => ({ ...one, ...other })) },
    );
  };

  const list = ({ items, minItems = 0, maxItems = 20 }: Schema) => {
    if (typeof items !== "object" || Array.isArray(items)) throw new TypeError("No items.");
    const item = values(items);
    const edge = fc.constantFrom(Math.max(0, minItems - 1), maxItems, maxItems + 1);
    return fc.oneof(
      { weight: 60, arbitrary: fc.array(item, { minLength: minItems, maxLength: 8 }) },
      {
        weight: 1,
        arbitrary: fc.tuple(item, edge).map(([one, length]) => Array(length).fill(one)),
      },
    );
  };

  return values(root);
}

function whole({ minimum = -(2 ** 53), maximum = 2 ** 53 }: Schema): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: minimum, max: Math.min(maximum, minimum + 8) }) },
    { weight: 1, arbitrary: fc.constantFrom(minimum - 1, minimum + 0.5, maximum, maximum + 1) },
  );
}

/** Lengths count code points, so that the long ones are also made of two UTF-16 units each. */
function text({ pattern, examples = [], minLength = 0, maxLength = 300 }: Schema) {
  const letters = fc.constantFrom("x", "é", "😀");
  const edge = fc.constantFrom(Math.max(0, minLength - 1), minLength, maxLength, maxLength + 1);
  const common = [
    ...(examples.length > 0 ? [{ weight: 10, arbitrary: fc.constantFrom(...examples) }] : []),
    ...(pattern !== undefined
      ? [{ weight: 30, arbitrary: fc.stringMatching(new RegExp(pattern)) }]
      : [
          { weight: 20, arbitrary: fc.string({ minLength, maxLength: Math.min(maxLength, 40) }) },
          {
            weight: 2,
            arbitrary: fc.string({ unit: "binary", minLength, maxLength: minLength + 9 }),
          },
        ]),
  ];
  return fc.oneof(...common, {
    weight: 1,
    arbitrary: fc.tuple(letters, edge).map(([letter, length]) => letter.repeat(length)),
  });
}
