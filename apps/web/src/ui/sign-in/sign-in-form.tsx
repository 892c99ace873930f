"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useRef, useState, useTransition } from "react";
import { api } from "#ui/api/page-client.ts";
import { withNext } from "#ui/api/sign-in-link.ts";
import { setActiveUser } from "#ui/device/active-user.ts";
import { Button } from "#ui/kit/button.tsx";
import { Field, FieldError } from "#ui/kit/field.tsx";
import { useAlive } from "#ui/kit/use-alive.ts";
import { PasswordField } from "./password-field.tsx";
import {
  errorsOfPerson,
  type Person,
  type SignInErrors,
  signInErrorsOf,
} from "./sign-in-errors.ts";

const words = {
  "sign-up": { submit: "Create account", pending: "Creating account" },
  "sign-in": { submit: "Sign in", pending: "Signing in" },
} as const;

export interface SignInFormProps {
  readonly kind: "sign-up" | "sign-in";
  /** The address after the sign-in. */
  readonly next: string;
  /** The app's own origin: only its pages can sign in. */
  readonly origin: string;
}

/** Signs in, to a new account or to one's own, and goes on to `next`. */
export function SignInForm({ kind, next, origin }: SignInFormProps) {
  const router = useRouter();
  const isAlive = useAlive();
  const form = useRef<HTMLFormElement>(null);
  const [faults, setFaults] = useState<SignInErrors>({});
  const [pending, startPending] = useTransition();

  useEffect(() => {
    const wrong = form.current?.querySelector<HTMLInputElement>('[aria-invalid="true"]');
    const password = form.current?.querySelector<HTMLInputElement>('[name="password"]');
    (wrong ?? (faults.form ? password : undefined))?.focus();
  }, [faults]);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const person = read(event.currentTarget);
    const seen = errorsOfPerson(kind, person);
    setFaults(seen);
    if (Object.keys(seen).length > 0) return;
    startPending(async () => {
      try {
        const { name, email, password } = person;
        const { body } =
          kind === "sign-up"
            ? await api.signUp({ body: { name, email, password } })
            : await api.signIn({ body: { email, password } });
        setActiveUser(body.user);
        router.replace(next);
      } catch (error) {
        setFaults(signInErrorsOf(error));
      }
    });
  };

  const taken = faults.taken && (
    <>
      That email already has an account.{" "}
      <Link className="link" href={withNext("/sign-in", next)}>
        Sign in instead.
      </Link>
    </>
  );

  const elsewhere = faults.elsewhere && (
    <>
      Nobody can sign in at this address. Open Tend at{" "}
      <a className="link" href={`${origin}${withNext(`/${kind}`, next)}`}>
        {origin}
      </a>
      .
    </>
  );

  return (
    // `post` keeps the password out of the address if the browser itself sends the form.
    <form ref={form} method="post" noValidate className="grid gap-4" onSubmit={submit}>
      <div role="alert" className="-mb-4 not-empty:mb-0">
        {(elsewhere || faults.form) && <FieldError>{elsewhere || faults.form}</FieldError>}
      </div>
      {kind === "sign-up" && (
        <Field label="Name" name="name" autoComplete="name" required error={faults.name} />
      )}
      <Field
        label="Email"
        name="email"
        type="email"
        autoComplete={kind === "sign-up" ? "email" : "username"}
        autoCapitalize="none"
        spellCheck={false}
        required
        error={taken ?? faults.email}
      />
      <PasswordField
        label="Password"
        name="password"
        autoComplete={kind === "sign-up" ? "new-password" : "current-password"}
        required
        hint={kind === "sign-up" && !faults.password && "At least 8 characters."}
        error={faults.password}
      />
      <Button
        type="submit"
        variant="primary"
        className="mt-2"
        disabled={!isAlive}
        aria-disabled={pending}
      >
        {pending ? words[kind].pending : words[kind].submit}
      </Button>
    </form>
  );
}

function read(form: HTMLFormElement): Person {
  const data = new FormData(form);
  const text = (name: string) => String(data.get(name) ?? "");
  return { name: text("name").trim(), email: text("email").trim(), password: text("password") };
}
