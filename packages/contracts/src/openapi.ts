import { z } from "zod";
import { addressForms } from "./address.ts";
import { api, problemsOf } from "./api.ts";
import type { Operation } from "./operation.ts";
import { Problem, type ProblemCode, problems, problemType } from "./problem.ts";

type Json = Record<string, unknown>;

const requestId = "0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47";

const tags = [
  { name: "Tasks", description: "Your tasks. The API token is the only key." },
  { name: "Account", description: "Signing up and in, and the way to an API token." },
  { name: "Service", description: "Health, readiness and this document." },
];

/** The OpenAPI 3.1 document of the table of operations (C-3). `server`: the origin it is served by. */
export function openapi(server = "/"): Json {
  const schemas: Json = {};

  /** The JSON Schema of one side of the wire; what has an `id` goes to the components. */
  const schemaOf = (schema: z.ZodType, io: "input" | "output"): Json => {
    const {
      $schema: _,
      $defs,
      ...json
    } = z.toJSONSchema(schema, {
      io,
      override: ({ jsonSchema }) => {
        // zod's pattern only repeats the format; and an answer may gain fields (T-1).
        if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
        if (io === "output") delete jsonSchema.additionalProperties;
      },
    });
    const inComponents = (value: unknown): Json =>
      JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/'));
    for (const [name, definition] of Object.entries($defs ?? {})) {
      schemas[name] = inComponents(definition);
    }
    return inComponents(json);
  };

  const parameters = (operation: Operation, path: string): Json[] => {
    const list: Json[] = [];
    if (path.includes("{user_id}")) {
      list.push({
        name: "user_id",
        in: "path",
        required: true,
        description: "The `sub` of the token; any other value is 403.",
        schema: { type: "string" },
        example: "5f0c1f9e-8a55-4a3b-9a52-0f4f7a2d9c11",
      });
    }
    const add = (place: "path" | "query", object: z.ZodObject | undefined) => {
      const { properties = {} } = object ? schemaOf(object, "output") : {};
      for (const [name, { description, ...schema }] of Object.entries(properties as Json[])) {
        list.push({
          name,
          in: place,
          required: place === "path",
          ...(description !== undefined && { description }),
          schema,
        });
      }
    };
    add("path", operation.params);
    add("query", operation.query);
    return list;
  };

  const header = (description: string) => ({ description, schema: { type: "string" } });
  const everyAnswer = { "X-Request-Id": { $ref: "#/components/headers/RequestId" } };

  const answers = (operation: Operation): Json => {
    const responses: Json = {};
    for (const [status, success] of Object.entries(operation.success)) {
      const headers = Object.entries(success.headers ?? {});
      responses[status] = {
        description: success.description,
        headers: {
          ...everyAnswer,
          ...Object.fromEntries(headers.map(([name, text]) => [name, header(text)])),
        },
        ...(success.schema && {
          content: {
            "application/json": {
              schema: schemaOf(success.schema, "output"),
              example: success.example,
            },
          },
        }),
      };
    }
    const codes = problemsOf(operation);
    for (const status of new Set(codes.map((code) => problems[code].status))) {
      responses[status] = refusal(
        status,
        codes.filter((code) => problems[code].status === status),
      );
    }
    return responses;
  };

  const refusal = (status: number, codes: readonly ProblemCode[]): Json => ({
    description: codes.map((code) => `\`${code}\`: ${problems[code].title}.`).join(" "),
    headers: {
      ...everyAnswer,
      ...(status === 401 && { "WWW-Authenticate": header("How to authenticate (RFC 6750).") }),
      ...(status === 405 && { Allow: header("The methods that this address has.") }),
      ...((status === 429 || status === 503) && {
        "Retry-After": { description: "Seconds to wait.", schema: { type: "integer" } },
      }),
    },
    content: {
      "application/problem+json": {
        schema: schemaOf(Problem, "output"),
        examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }])),
      },
    },
  });

  const paths: Record<string, Json> = {};
  for (const [operationId, operation] of Object.entries(api) as [string, Operation][]) {
    for (const [index, path] of addressForms(operation.path).entries()) {
      paths[path] = {
        ...paths[path],
        [operation.method.toLowerCase()]: {
          operationId: index === 0 ? operationId : `${operationId}OfUser`,
          tags: [operation.tag],
          summary: index === 0 ? operation.summary : `${operation.summary} (address with the user)`,
          description: operation.description,
          security: security[operation.security],
          parameters: parameters(operation, path),
          ...(operation.body && {
            requestBody: {
              required: !operation.bodyOptional,
              content: {
                "application/json": {
                  schema: schemaOf(operation.body, "input"),
                  example: operation.bodyExample,
                },
              },
            },
          }),
          responses: answers(operation),
        },
      };
    }
  }

  return {
    openapi: "3.1.0",
    info: {
      title: "Tend",
      version: "1.0.0",
      summary: "A private task list, and the API under it.",
      description:
        "Every request to a tasks address carries `Authorization: Bearer <JWT>`: HS256, signed with the secret that the service holds. Names are snake_case. Errors are `application/problem+json` (RFC 9457).",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: server }],
    tags,
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "An API token, from GET /api/auth/token or from any holder of the secret.",
        },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "better-auth.session_token",
          description: "The session cookie that signing in sets.",
        },
      },
      headers: {
        RequestId: {
          description: "The caller's X-Request-Id where it is sane, else a new one.",
          schema: { type: "string" },
          example: requestId,
        },
      },
      schemas,
    },
  };
}

const security = { bearer: [{ bearer: [] }], session: [{ session: [] }], none: [] };

const exampleOf = (code: ProblemCode): Problem => ({
  type: problemType(code),
  ...problems[code],
  code,
  request_id: requestId,
  ...(code === "validation_failed" && {
    errors: [{ path: ["body", "title"], message: "Write a title of 1 to 200 characters." }],
  }),
});
