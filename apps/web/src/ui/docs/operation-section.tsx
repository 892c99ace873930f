import { addressForms, problems, problemsOf } from "@tend/contracts";
import { Fragment } from "react";
import { Code } from "#ui/kit/code.tsx";
import { curl } from "./curl.ts";
import { type Entry, nameOf } from "./document.ts";
import { FieldList, SchemaFields } from "./field-list.tsx";
import { fieldLine, listedIn, typeOf } from "./fields.ts";
import { JsonSample } from "./json-sample.tsx";
import { Method } from "./method.tsx";
import { Heading, Pair } from "./section.tsx";
import { InlineCode, Sentence } from "./sentence.tsx";

const keys = {
  bearer: { text: "Needs an API token.", href: "#authentication" },
  session: { text: "Needs the session cookie.", href: "#signIn" },
  none: undefined,
} as const;

/** The reference of one operation: all that a caller needs to know. */
export function OperationSection({ entry, origin }: { entry: Entry; origin: string }) {
  const { id, operation, parameters, headers, body, bodyRequired, bodyTypes, answers } = entry;
  const [path = operation.path, named] = addressForms(operation.path);
  const key = keys[operation.security];
  const successes = Object.entries(operation.success);
  // Statuses ascend; the last, such as 201, answers a first call.
  const shown = successes.findLast(([, { example }]) => example !== undefined);
  const request = curl(operation, origin);
  return (
    <Pair
      id={id}
      samples={
        <>
          <Code title="Request" text={request} />
          {shown && <JsonSample title={`Answer ${shown[0]}`} value={shown[1].example} />}
        </>
      }
    >
      <Heading level={3} id={id}>
        {operation.summary}
      </Heading>
      <p className="flex flex-wrap items-baseline gap-2 font-mono text-meta">
        <Method method={operation.method} />
        <span className="break-all font-medium">{path}</span>
      </p>
      {named && (
        <p className="text-meta text-muted">
          Or <InlineCode>{named}</InlineCode>, with the id of the token's user.
        </p>
      )}
      <p>
        <Sentence text={operation.description} />
      </p>
      <p className="text-meta text-muted">
        {key ? (
          <a className="link" href={key.href}>
            {key.text}
          </a>
        ) : (
          "Open to everybody."
        )}
      </p>

      {parameters.length > 0 && (
        <>
          <Part>Parameters</Part>
          <FieldList
            lines={parameters.map(({ name, schema, required, description }) =>
              fieldLine(name, schema, required, description),
            )}
          />
        </>
      )}

      {headers.length > 0 && (
        <>
          <Part>Headers, optional</Part>
          <FieldList
            lines={headers.map(({ name, schema, description = "", example }) =>
              fieldLine(name, schema, false, `${description} For example \`${example}\`.`),
            )}
          />
        </>
      )}

      {body && (
        <>
          <Part>{bodyRequired ? "Body" : "Body, optional"}</Part>
          {bodyTypes.length > 1 && (
            <p className="text-meta text-muted">
              <Sentence text={`As ${bodyTypes.map((type) => `\`${type}\``).join(" or ")}.`} />
            </p>
          )}
          <SchemaFields schema={body} />
        </>
      )}

      <Part>Answers</Part>
      <dl className="grid grid-cols-[3.5rem_minmax(0,1fr)] border-divider border-b text-meta *:border-divider *:border-t [&>dt]:font-medium [&>dt]:font-mono">
        {successes.map(([status, { description, headers = {} }]) => {
          const schema = answers.get(Number(status));
          return (
            <Fragment key={status}>
              <dt className="py-3 text-success">{status}</dt>
              <dd className="grid gap-1 py-3 text-muted">
                <span>
                  <Sentence text={description} />
                  {schema && (
                    <>
                      {" "}
                      <span className="text-text">
                        <Shape words={typeOf(schema)} />
                      </span>
                    </>
                  )}
                </span>
                {Object.entries(headers).map(([name, text]) => (
                  <span key={name}>
                    <InlineCode>{name}</InlineCode> <Sentence text={text} />
                  </span>
                ))}
                {schema && listedIn(schema).some((part) => nameOf(part) !== "Task") && (
                  <SchemaFields schema={schema} />
                )}
              </dd>
            </Fragment>
          );
        })}
        {byStatus(entry).map(([status, codes]) => (
          <Fragment key={status}>
            <dt className="py-2 text-danger">{status}</dt>
            <dd className="flex flex-wrap gap-x-3 gap-y-1 py-2">
              {codes.map((code) => (
                <a key={code} href={`#${code}`} className="link font-mono">
                  {code}
                </a>
              ))}
            </dd>
          </Fragment>
        ))}
      </dl>
    </Pair>
  );
}

function Part({ children }: { children: string }) {
  return <h4 className="mt-3 font-semibold text-row">{children}</h4>;
}

/** A type such as "array of Task", with a link to the fields of a Task. */
function Shape({ words }: { words: string }) {
  if (!words.endsWith("Task")) return null;
  return (
    <>
      {words.startsWith("array") ? "An array of " : "A "}
      <a className="link" href="#task">
        Task
      </a>
      .
    </>
  );
}

function byStatus({ operation }: Entry) {
  const codes = problemsOf(operation);
  const statuses = [...new Set(codes.map((code) => problems[code].status))].sort((a, b) => a - b);
  return statuses.map(
    (status) => [status, codes.filter((code) => problems[code].status === status)] as const,
  );
}
