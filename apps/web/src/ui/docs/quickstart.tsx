import Link from "next/link";
import type { ReactNode } from "react";
import { ApiTokenPanel } from "#ui/account/api-token.tsx";
import { Code } from "#ui/kit/code.tsx";
import { Chapter, Heading, Pair } from "./section.tsx";
import { InlineCode } from "./sentence.tsx";

/** The quickstart: from nothing to a completed task, in four steps. */
export function Quickstart({ origin, signedIn }: { origin: string; signedIn: boolean }) {
  const json = '-H "Content-Type: application/json"';
  const bearer = '-H "Authorization: Bearer $TOKEN"';
  return (
    <Chapter
      id="quickstart"
      title="Quickstart"
      text="Four requests take you from nothing to a completed task. They run as they are in a POSIX shell with curl."
    >
      <Step
        number={1}
        title="Create an account"
        samples={
          <Code
            title="Create an account"
            text={`curl -c cookies.txt ${origin}/api/auth/sign-up/email \\
  ${json} \\
  -d '{
    "name": "Ada",
    "email": "ada@example.com",
    "password": "correct horse battery"
  }'`}
          />
        }
      >
        <p>
          Signing up signs you in: curl keeps the session cookie in{" "}
          <InlineCode>cookies.txt</InlineCode>. With an account already, send email and password to{" "}
          <a className="link" href="#signIn">
            sign in
          </a>{" "}
          instead.
        </p>
      </Step>

      <Step
        number={2}
        title="Get an API token"
        samples={
          <Code
            title="Get an API token"
            text={`TOKEN=$(curl -s -b cookies.txt ${origin}/api/auth/token \\
  | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')`}
          />
        }
      >
        <p>
          The cookie opens this one address; the token opens your tasks. It lives 15 minutes, then
          you get another one here.
        </p>
        {signedIn ? (
          <div className="noscript:hidden">
            <p>
              You are signed in, so there is a shorter way: copy a token, then run{" "}
              <InlineCode>TOKEN=</InlineCode> with it pasted after the equals sign.
            </p>
            <ApiTokenPanel />
          </div>
        ) : (
          <p>
            <Link className="link" href="/sign-in?next=%2Fdocs%23quickstart">
              Sign in
            </Link>{" "}
            and a button here copies one for you.
          </p>
        )}
      </Step>

      <Step
        number={3}
        title="Create a task"
        samples={
          <>
            <Code
              title="Create a task"
              text={`ID=$(curl -s ${origin}/api/tasks \\
  ${bearer} \\
  ${json} \\
  -d '{"title":"Pay rent","due_date":"2026-12-01"}' \\
  | sed 's/.*"id":"\\([^"]*\\)".*/\\1/')`}
            />
            <Code
              title="List your tasks"
              text={`curl ${origin}/api/tasks \\
  ${bearer}`}
            />
          </>
        }
      >
        <p>
          Only the title is needed. The answer is the task; its <InlineCode>id</InlineCode> names it
          from now on. The list shows the newest first.
        </p>
      </Step>

      <Step
        number={4}
        title="Complete it"
        samples={
          <Code
            title="Complete the task"
            text={`curl -X PATCH "${origin}/api/tasks/$ID/complete" \\
  ${bearer} \\
  ${json} \\
  -d '{"completed":true}'`}
          />
        }
      >
        <p>This may be repeated safely. Without a body the same request flips the state instead.</p>
      </Step>
    </Chapter>
  );
}

function Step({
  number,
  title,
  samples,
  children,
}: {
  number: number;
  title: string;
  samples: ReactNode;
  children: ReactNode;
}) {
  return (
    <Pair samples={samples}>
      <Heading level={3}>
        {number}. {title}
      </Heading>
      {children}
    </Pair>
  );
}
