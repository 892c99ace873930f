import { limits, problems, problemType } from "@tend/contracts";
import { Code } from "#ui/code.tsx";
import { JsonSample } from "./json-sample.tsx";
import { Chapter, Heading, Pair } from "./section.tsx";
import { InlineCode } from "./words.tsx";

const problem = {
  type: problemType("validation_failed"),
  ...problems.validation_failed,
  code: "validation_failed",
  request_id: "0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47",
  errors: [
    { path: ["body", "title"], message: `Write a title of 1 to ${limits.title} characters.` },
  ],
};

/** What holds for every address. */
export function Conventions({ origin }: { origin: string }) {
  return (
    <Chapter id="conventions" title="Conventions" text="What holds for every address.">
      <Pair samples={<JsonSample title="application/problem+json" value={problem} />}>
        <Heading level={3} id="errors">
          Errors
        </Heading>
        <p>
          Every error is <InlineCode>application/problem+json</InlineCode> (RFC 9457). Test{" "}
          <InlineCode>code</InlineCode>: it is stable. Show <InlineCode>detail</InlineCode>: it says
          what to do. A 422 lists every fault at once in <InlineCode>errors</InlineCode>.
        </p>
        <p>
          A refused request changes nothing. 429 and 503 say in <InlineCode>Retry-After</InlineCode>{" "}
          how many seconds to wait. All codes stand under{" "}
          <a className="link" href="#problems">
            Problems
          </a>
          .
        </p>
      </Pair>
      <Pair
        samples={
          <Code
            readOnly
            title="Header of a page"
            text={`Link: <${origin}/api/tasks?limit=20&cursor=…>; rel="next"`}
          />
        }
      >
        <Heading level={3} id="pages">
          Pages
        </Heading>
        <p>
          A list is a bare array of at most <InlineCode>limit</InlineCode> tasks. While there is
          more, the <InlineCode>Link</InlineCode> header holds the address of the next page. Nothing
          is skipped or shown twice while others write, and a late page costs what the first does.
        </p>
      </Pair>
      <Pair
        samples={
          <Code
            readOnly
            title="Header of every answer"
            text={`X-Request-Id: ${problem.request_id}`}
          />
        }
      >
        <Heading level={3}>Values</Heading>
        <p>
          Names are snake_case. Instants are RFC 3339 in UTC; <InlineCode>due_date</InlineCode> is a
          calendar day without a time zone. Text keeps what people type, emoji included, and its
          length counts code points. A body has at most {limits.body / 1024} KiB.
        </p>
        <p>
          A parameter or field that the reference does not name is refused with 422 rather than
          ignored.
        </p>
        <p>
          Every answer has an <InlineCode>X-Request-Id</InlineCode>: yours, if you send a sane one.
          Name it when you report something.
        </p>
      </Pair>
    </Chapter>
  );
}
