import type { User } from "@tend/contracts";
import { type FormEvent, useId, useState, useTransition } from "react";
import { api } from "#ui/api/page-client.ts";
import { Button } from "#ui/kit/button.tsx";
import { Dialog } from "#ui/kit/dialog.tsx";
import { Field, FieldError } from "#ui/kit/field.tsx";
import { PasswordField } from "#ui/sign-in/password-field.tsx";
import { wipeDevice } from "#ui/tasks/sync/wipe.ts";
import { setAccountDeletedCookie } from "./account-deleted-cookie.ts";
import { type AccountErrors, accountErrorsOf } from "./account-errors.ts";
import { useFirstError } from "./use-first-error.ts";

interface DeleteAccountDialogProps {
  readonly user: User;
  readonly open: boolean;
  readonly onClose: () => void;
}

/**
 * Erases the account, here and on the server, once email and password confirm it. Leaves by a full
 * page load, so that nothing of this person stays in memory.
 */
export function DeleteAccountDialog({ user, open, onClose }: DeleteAccountDialogProps) {
  const id = useId();
  const [deleted, setDeleted] = useState(false);
  const [faults, setFaults] = useState<AccountErrors>({});
  const [pending, startPending] = useTransition();
  const form = useFirstError(faults);
  const busy = pending || deleted;

  const cancel = () => {
    if (busy) return;
    setFaults({});
    onClose();
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const data = new FormData(event.currentTarget);
    const email = String(data.get("email") ?? "");
    const password = String(data.get("password") ?? "");
    const isOwn = email.trim().toLowerCase() === user.email.toLowerCase();
    const seen: AccountErrors = {
      email: isOwn ? undefined : `This is not your email. Write ${user.email}.`,
      password: password === "" ? "Write your password." : undefined,
    };
    setFaults(seen);
    if (seen.email || seen.password) return;
    startPending(async () => {
      try {
        await api.deleteUser({ body: { password } });
      } catch (error) {
        return setFaults(accountErrorsOf(error, "password"));
      }
      setDeleted(true);
      await wipeDevice(user.id);
      setAccountDeletedCookie();
      location.assign("/");
    });
  };

  return (
    <Dialog
      open={open}
      onClose={cancel}
      title="Delete your account?"
      actions={
        <>
          <Button aria-disabled={busy} onClick={cancel}>
            Keep account
          </Button>
          <Button type="submit" form={id} variant="danger" aria-disabled={busy}>
            {busy ? "Deleting account" : "Delete account"}
          </Button>
        </>
      }
    >
      <form
        id={id}
        ref={form}
        method="post"
        noValidate
        onSubmit={submit}
        className="grid gap-4 p-0.5"
      >
        <p>
          Your account and all your tasks are erased for good, those in the trash and those not
          saved yet too. Nobody can bring them back.
        </p>
        <Field
          ref={focusFirst}
          label="Your email"
          name="email"
          type="email"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
          hint={!faults.email && `Write ${user.email} to confirm.`}
          error={faults.email}
        />
        <div>
          <PasswordField
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            error={faults.password}
          />
          <div role="alert" className="not-empty:mt-4">
            {faults.form && (
              <FieldError>{`Your account is not deleted. ${faults.form}`}</FieldError>
            )}
          </div>
        </div>
      </form>
    </Dialog>
  );
}

/** Sets the attribute that a dialog looks for when it opens, and which React does not write. */
const focusFirst = (field: HTMLInputElement | null): void => field?.setAttribute("autofocus", "");
