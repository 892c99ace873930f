"use client";

import { Check, Copy } from "lucide";
import { useEffect, useState } from "react";
import { Icon } from "#ui/kit/icon.tsx";
import { Button } from "./button.tsx";
import { copy } from "./copy.ts";

/** Copies a text, and says so; or says that the browser does not allow it. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [state, setState] = useState<"idle" | "copied" | "denied">("idle");

  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 2_000);
    return () => clearTimeout(timer);
  }, [state]);

  const words = { idle: "Copy", copied: "Copied", denied: "Select the text to copy it" }[state];
  return (
    <Button
      variant="quiet"
      size="small"
      aria-label={state === "idle" ? label : undefined}
      onClick={async () => setState((await copy(text)) ? "copied" : "denied")}
    >
      {state === "copied" ? <Icon of={Check} size={14} /> : <Icon of={Copy} size={14} />}
      <span role="status">{words}</span>
    </Button>
  );
}
