"use client";

import { codePoints, limits } from "@tend/contracts/limits";
import { Check } from "lucide";
import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useState, useTransition } from "react";
import { codeOf, fieldErrorsOf } from "#ui/api/form-failure.ts";
import { api, signInAgain } from "#ui/api/page-client.ts";
import { browserStorage } from "#ui/device/storage.ts";
import { createTextDrafts } from "#ui/device/text-drafts.ts";
import { Button } from "#ui/kit/button.tsx";
import { Field } from "#ui/kit/field.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { useAlive } from "#ui/kit/use-alive.ts";

/** Changes the name and says when it is saved. The typed text is a draft until then. */
export function NameForm({ userId, name: saved }: { userId: string; name: string }) {
  const router = useRouter();
  const [drafts] = useState(() => createTextDrafts(browserStorage(), userId));
  const [name, setName] = useState(saved);
  const [state, setState] = useState<{ error?: string; saved?: true }>({});
  const isAlive = useAlive();
  const [pending, startPending] = useTransition();

  useEffect(() => {
    const draft = drafts.readText("name");
    if (draft !== "") setName(draft);
  }, [drafts]);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const field = event.currentTarget.querySelector("input");
    const length = codePoints(name.trim());
    if (length < 1 || length > limits.name) {
      setState({ error: `Write a name of 1 to ${limits.name} characters.` });
      field?.focus();
      return;
    }
    startPending(async () => {
      try {
        await api.updateUser({ body: { name } });
        const typedOn = field && field.value !== name ? field.value : "";
        drafts.writeText("name", typedOn);
        if (typedOn === "") setState({ saved: true });
        router.refresh();
      } catch (error) {
        if (codeOf(error) === "no_session") return signInAgain();
        const { name: wrong, form } = fieldErrorsOf(error, ["name"]);
        setState({ error: `Not saved. ${wrong ?? form}` });
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
          const { value } = event.target;
          setName(value);
          drafts.writeText("name", value === saved ? "" : value);
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
              <Icon of={Check} size={14} />
              <span>Saved</span>
            </>
          )}
        </p>
      </div>
    </form>
  );
}
