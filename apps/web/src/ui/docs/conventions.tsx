import { limits, problems, problemType } from "@tend/contracts";
import { Code } from "#ui/kit/code.tsx";
import { JsonSample } from "./json-sample.tsx";
import { Chapter, Heading, Pair } from "./section.tsx";
import { InlineCode } from "./sentence.tsx";

const problem = {
  type: problemType("validation_failed"),
  ...problems.validation_failed,
  code: "validation_failed",
  request_id: "0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47",
  errors: [
    { path: ["body", "title"], message: `Write a title of 1 to ${limits.title} characters.` },
  ],
};

/** The conventions that hold for every address. */
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
          what to do. <InlineCode>validation_failed</InlineCode> lists every fault at once in{" "}
          <InlineCode>errors</InlineCode>.
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
            title="The same task"
            text={`${origin}/api/tasks/$ID\n${origin}/api/$USER_ID/tasks/$ID`}
          />
        }
      >
        <Heading level={3} id="address-forms">
          Two forms of an address
        </Heading>
        <p>
          Each tasks address has a second form that names the user. Both behave alike. A{" "}
          <InlineCode>user_id</InlineCode> that is not the <InlineCode>sub</InlineCode> of the token
          is 403.
        </p>
      </Pair>
      <Pair
        samples={
          <Code
            title="Change it only if nobody else did"
            text={`curl -X PUT "${origin}/api/tasks/$ID" \\
  -H "Authorization: Bearer $TOKEN" \\
  -H "Content-Type: application/json" \\
  -H 'If-Match: "1"' \\
  -d '{"title":"Pay the rent"}'`}
          />
        }
      >
        <Heading level={3} id="conditional">
          Conditional requests
        </Heading>
        <p>
          An answer with one task has an <InlineCode>ETag</InlineCode>. Send it as{" "}
          <InlineCode>If-Match</InlineCode> with a write: if the task was changed meanwhile, the
          answer is 412 with the task as it is now, and nothing is overwritten. Without it, the last
          write wins.
        </p>
        <p>
          Send it as <InlineCode>If-None-Match</InlineCode> when you get a task: if you hold it
          already, the answer is 304 without a body.
        </p>
      </Pair>
      <Pair
        samples={
          <Code
            title="Create once, however often it is sent"
            text={`curl ${origin}/api/tasks \\
  -H "Authorization: Bearer $TOKEN" \\
  -H "Content-Type: application/json" \\
  -H "Idempotency-Key: 8e03978e-40d5-43dd-bc93-6894a57f9324" \\
  -d '{"title":"Pay rent"}'`}
          />
        }
      >
        <Heading level={3} id="retries">
          Safe retries
        </Heading>
        <p>
          A create or a batch with an <InlineCode>Idempotency-Key</InlineCode> can be sent again
          when its answer got lost: for {limits.idempotencyHours} hours the repeat gets the first
          answer and changes nothing. The same key with another request is 422. A create is safe as
          well with an <InlineCode>id</InlineCode> of your own.
        </p>
      </Pair>
      <Pair
        samples={
          <Code
            title="What is in the trash"
            text={`curl "${origin}/api/tasks?status=trashed" \\
  -H "Authorization: Bearer $TOKEN"`}
          />
        }
      >
        <Heading level={3} id="trash">
          Trash
        </Heading>
        <p>
          A deleted task stays in the trash for {limits.trashDays} days. There it is 404 to all but{" "}
          <a className="link" href="#restoreTask">
            restore
          </a>{" "}
          and a delete with <InlineCode>permanent=true</InlineCode>, which nothing brings back.
        </p>
      </Pair>
      <Pair
        samples={
          <Code
            title="What is new since then"
            text={`curl "${origin}/api/tasks/changes?cursor=$CURSOR" \\
  -H "Authorization: Bearer $TOKEN"`}
          />
        }
      >
        <Heading level={3} id="changes">
          Keeping a copy
        </Heading>
        <p>
          <a className="link" href="#listChanges">
            Changes
          </a>{" "}
          gives what happened since a cursor, deletions included. Start without one, ask again while{" "}
          <InlineCode>has_more</InlineCode> is true, and keep <InlineCode>next_cursor</InlineCode>.
          After {limits.cursorDays} days a cursor may be 410: then start again and replace your
          copy.
        </p>
      </Pair>
      <Pair
        samples={
          <Code
            readOnly
            title="Headers of a tasks answer"
            text={`RateLimit-Policy: "tasks";q=6000;w=60\nRateLimit: "tasks";r=5999;t=42`}
          />
        }
      >
        <Heading level={3} id="rate-limits">
          Rate limits
        </Heading>
        <p>
          <InlineCode>RateLimit-Policy</InlineCode> says how many requests (
          <InlineCode>q</InlineCode>) a user has in each window of <InlineCode>w</InlineCode>{" "}
          seconds, <InlineCode>RateLimit</InlineCode> how many are left (<InlineCode>r</InlineCode>)
          for the next <InlineCode>t</InlineCode> seconds. Beyond that the answer is 429 with{" "}
          <InlineCode>Retry-After</InlineCode>.
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
          calendar day without a time zone, and <InlineCode>due_time</InlineCode> is the clock of
          whoever looks, unless <InlineCode>time_zone</InlineCode> says whose. Text keeps what
          people type, emoji included, and its length counts code points. A body has at most{" "}
          {limits.body / 1024} KiB.
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
