"use client";

import { Check } from "lucide";
import { useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import { api } from "#ui/api/page-client.ts";
import { Button } from "#ui/kit/button.tsx";
import { FieldError } from "#ui/kit/field.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { useAlive } from "#ui/kit/use-alive.ts";
import { PasswordField } from "#ui/sign-in/password-field.tsx";
import { newPasswordFault } from "#ui/sign-in/sign-in-errors.ts";
import { type AccountErrors, accountErrorsOf } from "./account-errors.ts";
import { useFirstError } from "./use-first-error.ts";

/** Changes the password, which signs out every other session. */
export function PasswordForm({ email }: { email: string }) {
  const router = useRouter();
  const [faults, setFaults] = useState<AccountErrors>({});
  const [changed, setChanged] = useState(false);
  const isAlive = useAlive();
  const [pending, startPending] = useTransition();
  const form = useFirstError(faults);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const data = new FormData(event.currentTarget);
    const current_password = String(data.get("current_password") ?? "");
    const new_password = String(data.get("new_password") ?? "");
    const seen: AccountErrors = {
      current_password: current_password === "" ? "Write your current password." : undefined,
      new_password: newPasswordFault(new_password),
    };
    setFaults(seen);
    setChanged(false);
    if (seen.current_password || seen.new_password) return;
    startPending(async () => {
      try {
        await api.changePassword({ body: { current_password, new_password } });
        form.current?.reset();
        setChanged(true);
        // The page is read anew, since this session alone is left in its list.
        router.refresh();
      } catch (error) {
        setFaults(accountErrorsOf(error, "current_password"));
      }
    });
  };

  return (
    <form ref={form} method="post" noValidate onSubmit={submit} className="grid gap-4">
      {/* The hidden field tells a password manager which of its entries changes. */}
      <input hidden readOnly name="username" autoComplete="username" value={email} />
      <PasswordField
        label="Current password"
        name="current_password"
        autoComplete="current-password"
        required
        error={faults.current_password}
      />
      <PasswordField
        label="New password"
        name="new_password"
        autoComplete="new-password"
        required
        hint={!faults.new_password && "At least 8 characters."}
        error={faults.new_password}
      />
      <div>
        <div role="alert" className="not-empty:mb-4">
          {faults.form && <FieldError>{`The password is not changed. ${faults.form}`}</FieldError>}
        </div>
        <Button type="submit" disabled={!isAlive} aria-disabled={pending}>
          {pending ? "Changing password" : "Change password"}
        </Button>
        <p role="status" className="not-empty:mt-3 text-meta text-success">
          {changed && (
            <span className="flex items-center gap-1.5">
              <Icon of={Check} size={14} />
              Password changed. Your other sessions are signed out.
            </span>
          )}
        </p>
      </div>
    </form>
  );
}
