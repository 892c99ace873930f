"use client";

import { useState } from "react";
import { Button } from "#ui/kit/button.tsx";
import { NotLoaded } from "#ui/kit/not-loaded.tsx";
import { part } from "#ui/kit/part.ts";
import { useLoaded } from "#ui/kit/use-loaded.ts";
import type { ExportChoice } from "./export-choices.ts";
import type { ExportKind } from "./export-tasks.ts";

const load = part(() => import("./export-progress.tsx"));

interface ExportPanelProps {
  readonly userId: string;
  readonly total: number;
  readonly choices: readonly ExportChoice[];
}

/** Saves all tasks as a file; one export at a time, by a script that is loaded on first use. */
export function ExportPanel({ userId, total, choices }: ExportPanelProps) {
  const [started, setStarted] = useState<{ kind: ExportKind; time: number }>();
  const time = started?.time ?? 0;
  const progress = useLoaded(time, load);
  const start = (kind: ExportKind) => setStarted({ kind, time: time + 1 });
  return (
    <div className="grid gap-3">
      {choices.map(({ kind, label, hint }) => (
        <div key={kind} className="grid justify-items-start gap-1">
          <Button className="w-44" aria-describedby={kind} onClick={() => start(kind)}>
            {label}
          </Button>
          <p id={kind} className="text-meta text-muted">
            {hint}
          </p>
        </div>
      ))}
      {started && progress.is === "loaded" && (
        <progress.part.ExportProgress
          {...started}
          key={time}
          userId={userId}
          total={total}
          onAgain={() => start(started.kind)}
        />
      )}
      {progress.is === "failed" && <NotLoaded what="The export" />}
    </div>
  );
}
