import { z } from "zod";
import { address, addressForms } from "./address.ts";
import { api, problemsOf } from "./api.ts";
import { isHttps, sessionCookie } from "./cookie.ts";
import { etagOf } from "./etag.ts";
import { headerName } from "./header-name.ts";
import type { Operation } from "./operation.ts";
import { Problem, type ProblemCode, problems, problemType } from "./problem.ts";
import type { Task } from "./task.ts";

type Json = Record<string, unknown>;

const requestId = "0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47";

const tags = [
  { name: "Tasks", description: "Your tasks. The API token is the only key." },
  { name: "Account", description: "Signing up and in, and the way to an API token." },
  { name: "Service", description: "Health, readiness and this document." },
];

/** The OpenAPI 3.1 document of the table of operations (C-3). `server`: the origin serving it. */
export function openapi(server = "/"): Json {
  const schemas: Json = {};
  const origin = URL.canParse(server) ? server : "https://tend.example";
  const secure = isHttps(origin) ? "; Secure" : "";
  const signedIn = `${sessionCookie(origin)}=c2lnbmVk.c2lnbmF0dXJl; Path=/${secure}; HttpOnly; SameSite=Lax`;

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
        // zod gives these bounds to any integer.
        if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      },
    });
    const inComponents = (value: unknown): Json =>
      JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/'));
    for (const [name, definition] of Object.entries($defs ?? {})) {
      schemas[name] = inComponents(definition);
    }
    return inComponents(json);
  };

  const parameters = (operation: Operation): Json[] => {
    const list: Json[] = [];
    const add = (place: "path" | "query" | "header", object: z.ZodObject | undefined) => {
      if (!object) return;
      const { properties } = schemaOf(object, place === "header" ? "input" : "output");
      for (const [name, { description, examples: _, ...schema }] of Object.entries(
        properties as Record<string, Json>,
      )) {
        // The examples are the field's own: zod leaves them out on the input side of a transform.
        const examples: unknown = z.globalRegistry.get(object.shape[name])?.examples;
        list.push({
          name: place === "header" ? headerName(name) : name,
          in: place,
          required: place === "path",
          ...(description !== undefined && { description }),
          schema,
          ...(Array.isArray(examples) && { example: examples[0] }),
        });
      }
    };
    add("path", operation.params);
    add("query", operation.query);
    add("header", operation.headers);
    return list;
  };

  const header = (description: string, example?: string): Json => ({
    description,
    schema: { type: "string" },
    ...(example !== undefined && { example }),
  });
  const shared = (name: keyof typeof commonHeaders) => ({ $ref: `#/components/headers/${name}` });

  /** The headers of any answer. Requests are counted once the token has proved a user. */
  const always = ({ security }: Operation, status: number): Json => ({
    "X-Request-Id": shared("RequestId"),
    ...(security === "bearer" &&
      status !== 401 &&
      status !== 405 && {
        RateLimit: shared("RateLimit"),
        "RateLimit-Policy": shared("RateLimitPolicy"),
      }),
  });

  const answers = (operation: Operation): Json => {
    const responses: Json = {};
    for (const [status, success] of Object.entries(operation.success)) {
      const headers = Object.entries(success.headers ?? {});
      const examples: Readonly<Record<string, string>> = {
        ...headerExamples,
        "Set-Cookie": signedIn,
        // Every answer with an ETag is a task, but 304, which has no body.
        ETag: etagOf((success.example ?? api.getTask.success[200].example) as Task),
      };
      responses[status] = {
        description: success.description,
        headers: {
          ...always(operation, Number(status)),
          ...Object.fromEntries(
            headers.map(([name, text]) => [name, header(text, examples[name])]),
          ),
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
        operation,
        status,
        codes.filter((code) => problems[code].status === status),
      );
    }
    return responses;
  };

  const refusal = (operation: Operation, status: number, codes: readonly ProblemCode[]): Json => ({
    description: codes.map((code) => `\`${code}\`: ${problems[code].title}.`).join(" "),
    headers: {
      ...always(operation, status),
      ...(status === 401 &&
        operation.security === "bearer" && {
          "WWW-Authenticate": header(
            "How to authenticate (RFC 6750).",
            'Bearer error="invalid_token"',
          ),
        }),
      ...(status === 405 && {
        Allow: header("The methods that this address has.", allowed(operation.path)),
      }),
      ...(status === 412 && { ETag: header("Of the task as it is now.", etagOf(taskNow)) }),
      ...((status === 429 || status === 503) && { "Retry-After": shared("RetryAfter") }),
    },
    content: {
      "application/problem+json": {
        schema: schemaOf(Problem, "output"),
        examples: Object.fromEntries(
          codes.map((code) => [code, { value: exampleOf(code, operation) }]),
        ),
      },
    },
  });

  const paths: Record<string, Json> = {};
  for (const [operationId, operation] of Object.entries(api) as [string, Operation][]) {
    const { method, path, body, bodyTypes = ["application/json"] } = operation;
    // The second address form (O-3) stands in the words of `info` alone: as a path of its own,
    // /api/{user_id}/tasks would be ambiguous with /api/tasks/{id}.
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: {
        operationId,
        tags: [operation.tag],
        summary: operation.summary,
        description: operation.description,
        security: security[operation.security],
        parameters: parameters(operation),
        ...(body && {
          requestBody: {
            required: !operation.bodyOptional,
            content: Object.fromEntries(
              bodyTypes.map((type) => [
                type,
                { schema: schemaOf(body, "input"), example: operation.bodyExample },
              ]),
            ),
          },
        }),
        responses: answers(operation),
      },
    };
  }

  return {
    openapi: "3.1.0",
    info: {
      title: "Tend",
      version: "1.0.0",
      summary: "A private task list, and the API under it.",
      description: `Every request to a tasks address carries \`Authorization: Bearer <JWT>\`: HS256, signed with the secret that the service holds. ${secondForm} Names are snake_case. Errors are \`application/problem+json\` (RFC 9457).`,
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
          name: sessionCookie(origin),
          description: "The session cookie that signing in sets.",
        },
      },
      headers: commonHeaders,
      schemas,
    },
  };
}

const security = { bearer: [{ bearer: [] }], session: [{ session: [] }], none: [] };

const [tasksPath, tasksPathOfUser] = addressForms(address.getTask.path);
const secondForm = `Every tasks address has a second form that names the user: beside \`${tasksPath}\` there is \`${tasksPathOfUser}\`. It behaves alike where \`user_id\` is the \`sub\` of the token; with any other it is 403.`;

const commonHeaders = {
  RequestId: {
    description: "The caller's X-Request-Id where it is sane, else a new one.",
    schema: { type: "string" },
    example: requestId,
  },
  RateLimit: {
    description:
      "What is left to this user: `r` requests within the next `t` seconds (draft-ietf-httpapi-ratelimit-headers).",
    schema: { type: "string" },
    example: '"tasks";r=5999;t=42',
  },
  RateLimitPolicy: {
    description: "What one user may do: `q` requests in each window of `w` seconds.",
    schema: { type: "string" },
    example: '"tasks";q=6000;w=60',
  },
  RetryAfter: {
    description: "Seconds to wait.",
    schema: { type: "integer" },
    example: 2,
  },
};

const taskNow = api.updateTask.success[200].example;

/** What the headers of a success look like. */
const headerExamples = {
  Location: `${address.listTasks.path}/${taskNow.id}`,
  Link: `<${address.listTasks.path}?status=all&sort=created&limit=100&cursor=b2xkIHBhcGVy>; rel="next"`,
  "Preference-Applied": "wait",
};

const allowed = (path: string): string => {
  const rows = Object.values<Operation>(api).filter((row) => row.path === path);
  const methods: string[] = rows.map(({ method }) => method);
  return [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
};

const exampleOf = (code: ProblemCode, operation: Operation): Problem => ({
  ...memberOf(code),
  request_id: requestId,
  ...(code === "validation_failed" && {
    // A fault that any operation can find, whatever it takes.
    errors: [
      { path: [operation.body ? "body" : "query", "colour"], message: "There is no such field." },
    ],
  }),
  ...(code === "precondition_failed" && { task: taskNow }),
  ...(code === "batch_failed" && {
    results: (["failed_dependency", "task_not_found"] as const).map((of) => ({
      status: problems[of].status,
      problem: memberOf(of),
    })),
  }),
});

const memberOf = (code: ProblemCode) => ({ type: problemType(code), ...problems[code], code });
