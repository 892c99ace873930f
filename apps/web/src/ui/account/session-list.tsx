"use client";

import type { Session } from "@tend/contracts";
import { Check } from "lucide";
import { useRef, useState, useTransition } from "react";
import { codeOf, formReasonOf } from "#ui/api/form-failure.ts";
import { api, signInAgain } from "#ui/api/page-client.ts";
import { Button } from "#ui/kit/button.tsx";
import { FieldError } from "#ui/kit/field.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { Words } from "#ui/kit/words.tsx";
import { useToday } from "#ui/time/use-now.ts";
import { addressLabel, lastActive } from "./session-words.ts";

/** A session with its device, which the server names, to keep the names of browsers off pages. */
export type NamedSession = Omit<Session, "user_agent"> & { readonly device: string };

type Outcome = { is: "none" } | { is: "done" | "failed"; message: string };

/** The sessions of a person, this device first, with a button to sign out each other one. */
export function SessionList({ sessions }: { sessions: readonly NamedSession[] }) {
  const today = useToday();
  const list = useRef<HTMLUListElement>(null);
  const [ended, setEnded] = useState<readonly string[]>([]);
  const [outcome, setOutcome] = useState<Outcome>({ is: "none" });
  const [pending, startPending] = useTransition();
  const others = sessions.filter(({ id, current }) => !current && !ended.includes(id));

  const end = (them: readonly NamedSession[], who: string, request: () => Promise<unknown>) => {
    if (pending) return;
    startPending(async () => {
      try {
        await request();
      } catch (error) {
        if (codeOf(error) === "no_session") return signInAgain();
        // A session that is over already needs no sign-out.
        if (codeOf(error) !== "session_not_found") {
          return setOutcome({
            is: "failed",
            message: `Not signed out: ${who}. ${formReasonOf(error)}`,
          });
        }
      }
      // The focused button is removed, but not its row: nothing moves under a second click.
      list.current?.focus({ preventScroll: true });
      setEnded([...ended, ...them.map(({ id }) => id)]);
      setOutcome({ is: "done", message: `Signed out: ${who}` });
    });
  };

  return (
    <div>
      <ul
        ref={list}
        tabIndex={-1}
        aria-label="Sessions"
        className="divide-y divide-divider border-divider border-y outline-none"
      >
        {sessions.map((session) => {
          const { device } = session;
          return (
            <li key={session.id} className="flex min-h-16 items-center justify-between gap-4 py-2">
              <div className="min-w-0">
                <p className="break-words font-medium">{device}</p>
                <p className="break-words text-meta text-muted">
                  {session.ip_address && (
                    <span translate="no">{`${addressLabel(session.ip_address)} · `}</span>
                  )}
                  {session.current ? (
                    <span className="font-medium text-accent">This device</span>
                  ) : (
                    <Words>{lastActive(session.updated_at, today)}</Words>
                  )}
                </p>
              </div>
              {ended.includes(session.id) && (
                <p className="flex shrink-0 items-center gap-1.5 text-meta text-success">
                  <Icon of={Check} size={14} />
                  Signed out
                </p>
              )}
              {others.includes(session) && (
                <Button
                  size="small"
                  aria-label={`Sign out ${device}`}
                  aria-disabled={pending}
                  onClick={() =>
                    end([session], device, () => api.revokeSession({ body: { id: session.id } }))
                  }
                >
                  Sign out
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {others.length > 0 && (
        <Button
          className="mt-3"
          aria-disabled={pending}
          onClick={() => end(others, "everywhere else", () => api.revokeOtherSessions())}
        >
          Sign out everywhere else
        </Button>
      )}
      <div role="status">
        {outcome.is === "failed" && (
          <div className="mt-3">
            <FieldError>{outcome.message}</FieldError>
          </div>
        )}
        {outcome.is === "done" && <p className="sr-only">{outcome.message}</p>}
      </div>
    </div>
  );
}
