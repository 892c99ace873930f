import { api, type Operation, type OperationId, openapi, type Task } from "@tend/contracts";

/** The part of a JSON Schema that the reference shows. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly default?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly description?: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
  readonly example?: unknown;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

interface Document {
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly parameters: readonly Parameter[];
            readonly requestBody?: { readonly required: boolean; readonly content: Content };
            readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
          }
        >
      >
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

// The document is the app's own, and a test of the contract holds it to OpenAPI; the type has the
// parts of it that the page reads.
const document = openapi("/") as unknown as Document;

export const { tags } = document;

/** One operation: its row of the table, with what the document knows of its schemas. */
export interface Entry {
  readonly id: OperationId;
  readonly operation: Operation;
  /** The parameters in the path and in the query. */
  readonly parameters: readonly Parameter[];
  /** The headers of the request, beyond those that every request has. */
  readonly headers: readonly Parameter[];
  readonly body: Schema | undefined;
  readonly bodyRequired: boolean;
  /** The content types of the body, the preferred one first. */
  readonly bodyTypes: readonly string[];
  /** The schema of each success that has a body. */
  readonly answers: ReadonlyMap<number, Schema>;
}

export const entries: readonly Entry[] = Object.entries(api).map(([id, operation]) => {
  const described = document.paths[operation.path]?.[operation.method.toLowerCase()];
  if (!described) throw new Error(`The OpenAPI document lacks ${id}.`);
  const { parameters, requestBody } = described;
  const bodies = Object.entries(requestBody?.content ?? {});
  const answers = new Map<number, Schema>();
  for (const status of Object.keys(operation.success)) {
    const schema = described.responses[status]?.content?.["application/json"]?.schema;
    if (schema) answers.set(Number(status), schema);
  }
  return {
    // The id is a key of the table, which Object.entries widens.
    id: id as OperationId,
    operation,
    parameters: parameters.filter((one) => one.in !== "header"),
    headers: parameters.filter((one) => one.in === "header"),
    body: bodies[0]?.[1].schema,
    bodyRequired: requestBody?.required ?? false,
    bodyTypes: bodies.map(([type]) => type),
    answers,
  };
});

/** The name of a schema in the components; undefined for one that is written out. */
export const nameOf = (schema: Schema): string | undefined => schema.$ref?.split("/").at(-1);

/** The schema that a reference leads to; one that is none is returned as it is. */
export function resolve(schema: Schema): Schema {
  const name = nameOf(schema);
  return (name === undefined ? undefined : document.components.schemas[name]) ?? schema;
}

export const taskSchema: Schema = { $ref: "#/components/schemas/Task" };

export const exampleTask: Task = api.getTask.success[200].example;
