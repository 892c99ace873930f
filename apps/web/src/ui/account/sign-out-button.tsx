"use client";

import { ApiError, UnreachableError } from "@tend/contracts/client";
import { useState, useTransition } from "react";
import { api } from "#ui/api.ts";
import { Button } from "#ui/button.tsx";
import { Dialog } from "#ui/dialog.tsx";
import { FieldError } from "#ui/field.tsx";
import { browserStorage } from "#ui/tasks/browser-storage.ts";
import { createChangeStorage } from "#ui/tasks/change-storage.ts";

/**
 * Ends the session, and asks first where changes still wait to be sent. Leaves by a full page load,
 * so that nothing of this person stays in memory.
 */
export function SignOutButton({ userId }: { userId: string }) {
  const [error, setError] = useState("");
  const [unsent, setUnsent] = useState(0);
  const [pending, startPending] = useTransition();

  const leave = () => {
    if (pending) return;
    setUnsent(0);
    startPending(async () => {
      try {
        await api.signOut();
        location.assign("/");
      } catch (thrown) {
        if (!(thrown instanceof ApiError || thrown instanceof UnreachableError)) throw thrown;
        setError(`You are still signed in. ${thrown.message}`);
      }
    });
  };

  const leaveOrAsk = () => {
    const waiting = createChangeStorage(browserStorage(), userId).read().length;
    if (waiting === 0) leave();
    else setUnsent(waiting);
  };

  return (
    <div className="grid gap-3">
      <Button className="justify-self-start" aria-disabled={pending} onClick={leaveOrAsk}>
        {pending ? "Signing out" : "Sign out"}
      </Button>
      <div role="alert">{error && <FieldError>{error}</FieldError>}</div>
      <Dialog
        open={unsent > 0}
        onClose={() => setUnsent(0)}
        title="Some changes are not saved yet"
        actions={
          <>
            <Button onClick={leave}>Sign out anyway</Button>
            <Button variant="primary" onClick={() => setUnsent(0)}>
              Stay signed in
            </Button>
          </>
        }
      >
        <p>
          {unsent === 1 ? "1 change waits" : `${unsent} changes wait`} to be sent. If you sign out,
          they stay in this browser, where others may read them, until you sign in here again.
        </p>
      </Dialog>
    </div>
  );
}
