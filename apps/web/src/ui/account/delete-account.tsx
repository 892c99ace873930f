"use client";

import type { User } from "@tend/contracts";
import { useState } from "react";
import { Button } from "#ui/kit/button.tsx";
import { NotLoaded } from "#ui/kit/not-loaded.tsx";
import { part } from "#ui/kit/part.ts";
import { useLoaded } from "#ui/kit/use-loaded.ts";

const load = part(() => import("./delete-account-dialog.tsx"));

/** The button that deletes the account after a dialog, which is loaded on first use. */
export function DeleteAccount({ user }: { user: User }) {
  const [openings, setOpenings] = useState(0);
  const dialog = useLoaded(openings, load);
  return (
    <>
      <Button variant="danger" onClick={() => setOpenings(openings + 1)}>
        Delete account
      </Button>
      {dialog.is === "loaded" && (
        <dialog.part.DeleteAccountDialog
          user={user}
          open={openings > 0}
          onClose={() => setOpenings(0)}
        />
      )}
      {dialog.is === "failed" && <NotLoaded what="The dialog" />}
    </>
  );
}
