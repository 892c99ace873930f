"use client";

import { ApiError, UnreachableError } from "@tend/contracts/client";
import { useState, useTransition } from "react";
import { api } from "#ui/api.ts";
import { Button } from "#ui/button.tsx";
import { FieldError } from "#ui/field.tsx";

/** Ends the session. Leaves by a full page load, so that nothing of this person stays in memory. */
export function SignOutButton() {
  const [error, setError] = useState("");
  const [pending, startPending] = useTransition();

  const leave = () => {
    if (pending) return;
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

  return (
    <div className="grid gap-3">
      <Button className="justify-self-start" aria-disabled={pending} onClick={leave}>
        {pending ? "Signing out" : "Sign out"}
      </Button>
      <div role="alert">{error && <FieldError>{error}</FieldError>}</div>
    </div>
  );
}
