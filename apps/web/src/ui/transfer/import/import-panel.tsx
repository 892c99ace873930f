"use client";

import { type ReactNode, useState } from "react";
import { NotLoaded } from "#ui/kit/not-loaded.tsx";
import { part } from "#ui/kit/part.ts";
import { useAlive } from "#ui/kit/use-alive.ts";
import { useLoaded } from "#ui/kit/use-loaded.ts";

const load = part(() => import("./import-progress.tsx"));

/**
 * Imports the file that is chosen in `children`, or dropped on them. The script for it is loaded
 * once there is a file.
 */
export function ImportPanel({ userId, children }: { userId: string; children: ReactNode }) {
  const isAlive = useAlive();
  const [given, setGiven] = useState<{ file: File; time: number }>();
  const [busy, setBusy] = useState(false);
  const time = given?.time ?? 0;
  const progress = useLoaded(time, load);
  const take = (file: File | undefined) => {
    if (file && !busy) setGiven({ file, time: time + 1 });
  };
  return (
    <div className="grid gap-3">
      <fieldset
        disabled={!isAlive || busy}
        onChange={({ target }) => {
          if (!(target instanceof HTMLInputElement)) return;
          take(target.files?.[0]);
          // An empty value lets the same file be chosen once more.
          target.value = "";
        }}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          take(event.dataTransfer.files[0]);
        }}
      >
        {children}
      </fieldset>
      {given && progress.is === "loaded" && (
        <progress.part.ImportProgress {...given} key={time} userId={userId} onBusy={setBusy} />
      )}
      {progress.is === "failed" && <NotLoaded what="The import" />}
    </div>
  );
}
