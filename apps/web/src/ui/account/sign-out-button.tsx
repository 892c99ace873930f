"use client";

import { useState, useTransition } from "react";
import { formReasonOf } from "#ui/api/form-failure.ts";
import { api } from "#ui/api/page-client.ts";
import type { SignedInPerson } from "#ui/device/active-user.ts";
import { browserStorage } from "#ui/device/storage.ts";
import { useActiveUser } from "#ui/device/use-active-user.ts";
import { Button } from "#ui/kit/button.tsx";
import { Dialog } from "#ui/kit/dialog.tsx";
import { FieldError } from "#ui/kit/field.tsx";
import { unsavedInWords } from "#ui/tasks/sync/unsaved-in-words.ts";
import { type Unsaved, unsavedOn, wipeDevice } from "#ui/tasks/sync/wipe.ts";

/**
 * Ends the session and wipes the device, and asks first where that loses something. Leaves by a full
 * page load, so that nothing of this person stays in memory.
 */
export function SignOutButton({ user }: { user: SignedInPerson }) {
  const userId = user.id;
  const [error, setError] = useState("");
  const [unsaved, setUnsaved] = useState<Unsaved | null>(null);
  const [pending, startPending] = useTransition();
  useActiveUser(user);

  const leave = () => {
    if (pending) return;
    setUnsaved(null);
    startPending(async () => {
      try {
        await api.signOut();
      } catch (thrown) {
        return setError(`You are still signed in. ${formReasonOf(thrown)}`);
      }
      await wipeDevice(userId);
      location.assign("/");
    });
  };

  const leaveOrAsk = async () => {
    const found = await unsavedOn(browserStorage(), userId);
    if (found.mutations + found.drafts === 0) leave();
    else setUnsaved(found);
  };

  return (
    <div className="grid gap-3">
      <Button className="justify-self-start" aria-disabled={pending} onClick={leaveOrAsk}>
        {pending ? "Signing out" : "Sign out"}
      </Button>
      <div role="alert">{error && <FieldError>{error}</FieldError>}</div>
      <Dialog
        open={unsaved !== null}
        onClose={() => setUnsaved(null)}
        title="Some changes are not saved yet"
        actions={
          <>
            <Button onClick={leave}>Sign out and delete</Button>
            <Button variant="primary" onClick={() => setUnsaved(null)}>
              Stay signed in
            </Button>
          </>
        }
      >
        <p>
          Signing out deletes {unsaved && unsavedInWords(unsaved)} from this device, for good. To
          keep them, stay signed in and go to your tasks.
        </p>
      </Dialog>
    </div>
  );
}
