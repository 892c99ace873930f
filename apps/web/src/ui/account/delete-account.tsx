"use client";

import type { User } from "@tend/contracts";
import { useState } from "react";
import { Button } from "#ui/button.tsx";
import { useLoaded } from "#ui/use-loaded.ts";
import { NotLoaded } from "./not-loaded.tsx";

const load = () => import("./delete-account-dialog.tsx");

/** Asks before anything is deleted; the dialog for it comes on first use. */
export function DeleteAccount({ user }: { user: User }) {
  const [asked, setAsked] = useState(0);
  const dialog = useLoaded(asked, load);
  return (
    <>
      <Button variant="danger" onClick={() => setAsked(asked + 1)}>
        Delete account
      </Button>
      {dialog.is === "loaded" && (
        <dialog.part.DeleteAccountDialog user={user} open={asked > 0} onClose={() => setAsked(0)} />
      )}
      <NotLoaded is={dialog.is} />
    </>
  );
}
