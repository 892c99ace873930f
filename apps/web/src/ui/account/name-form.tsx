"use client";

import { ApiError, UnreachableError } from "@tend/contracts/client";
import { codePoints, limits } from "@tend/contracts/limits";
import { Check } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import { api, signInAgain } from "#ui/api.ts";
import { Button } from "#ui/button.tsx";
import { Field } from "#ui/field.tsx";
import { useAlive } from "#ui/use-alive.ts";

/** Changes the name and says when it is saved. */
export function NameForm({ name: saved }: { name: string }) {
  const router = useRouter();
  const [name, setName] = useState(saved);
  const [state, setState] = useState<{ error?: string; saved?: true }>({});
  const isAlive = useAlive();
  const [pending, startPending] = useTransition();

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const length = codePoints(name.trim());
    if (length < 1 || length > limits.name) {
      setState({ error: `Write a name of 1 to ${limits.name} characters.` });
      event.currentTarget.querySelector("input")?.focus();
      return;
    }
    startPending(async () => {
      try {
        await api.updateUser({ body: { name } });
        setState({ saved: true });
        router.refresh();
      } catch (error) {
        if (error instanceof ApiError && error.problem.code === "no_session") signInAgain();
        else if (error instanceof ApiError || error instanceof UnreachableError)
          setState({ error: `Not saved. ${error.message}` });
        else throw error;
      }
    });
  };

  return (
    <form method="post" noValidate onSubmit={submit} className="grid gap-3">
      <Field
        label="Name"
        name="name"
        autoComplete="name"
        required
        value={name}
        error={state.error}
        onChange={(event) => {
          setName(event.target.value);
          setState({});
        }}
      />
      <div className="flex items-center gap-3">
        <Button type="submit" disabled={!isAlive} aria-disabled={pending}>
          {pending ? "Saving" : "Save name"}
        </Button>
        <p role="status" className="flex items-center gap-1.5 text-meta text-success">
          {state.saved && (
            <>
              <Check aria-hidden size={14} />
              Saved
            </>
          )}
        </p>
      </div>
    </form>
  );
}
