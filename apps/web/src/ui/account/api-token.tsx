"use client";

import { useState, useTransition } from "react";
import { codeOf, formReasonOf } from "#ui/api/form-failure.ts";
import { signInAgain } from "#ui/api/page-client.ts";
import { type ApiToken, newApiToken } from "#ui/api/token.ts";
import { Button } from "#ui/kit/button.tsx";
import { Code } from "#ui/kit/code.tsx";
import { copy } from "#ui/kit/copy.ts";
import { FieldError } from "#ui/kit/field.tsx";
import { Words } from "#ui/kit/words.tsx";

type State =
  | { is: "idle" }
  | { is: "failed"; message: string }
  | { is: "made"; copied: boolean; made: ApiToken };

/** Makes an API token, copies it, and shows a request that uses it. */
export function ApiTokenPanel() {
  const [state, setState] = useState<State>({ is: "idle" });
  const [pending, startPending] = useTransition();

  const make = () => {
    if (pending) return;
    const token = newApiToken();
    const copying = copy(token.then((made) => made.token));
    startPending(async () => {
      try {
        const made = await token;
        setState({ is: "made", made, copied: await copying });
      } catch (error) {
        if (codeOf(error) === "no_session") return signInAgain();
        setState({ is: "failed", message: formReasonOf(error) });
      }
    });
  };

  return (
    <div className="grid gap-3">
      <Button className="justify-self-start" aria-disabled={pending} onClick={make}>
        {pending ? "Getting a token" : "Copy an API token"}
      </Button>
      <div role="status">
        {state.is === "failed" && <FieldError>{state.message}</FieldError>}
        {state.is === "made" && (
          <p>
            <Words>
              {state.copied
                ? "Copied. "
                : "The browser did not allow copying. Select the token below. "}
            </Words>
            It works until <Time at={state.made.expiresAt} />.
          </p>
        )}
      </div>
      {state.is === "made" && (
        <>
          {!state.copied && <Code title="Your token" text={state.made.token} />}
          <Code
            title="List your tasks"
            text={`curl -H "Authorization: Bearer ${state.made.token}" ${location.origin}/api/tasks`}
          />
        </>
      )}
    </div>
  );
}

/** A time, rendered only after a click, so that the server's time zone never shows. */
function Time({ at }: { at: Date }) {
  return (
    <time dateTime={at.toISOString()}>
      {at.toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit" })}
    </time>
  );
}
