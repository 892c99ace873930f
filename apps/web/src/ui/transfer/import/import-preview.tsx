import { useState } from "react";
import { Button } from "#ui/kit/button.tsx";
import { countOfTasks } from "#ui/tasks/model/task-list.ts";
import type { Checked } from "./import-check.ts";
import type { Plan } from "./import-plan.ts";
import { ImportFaults } from "./import-report.tsx";

interface ImportPreviewProps {
  readonly checked: Checked;
  readonly plan: Plan;
  readonly onImport: (replace: boolean) => void;
}

/** The preview of an import, before anything is sent. */
export function ImportPreview({
  checked: { faults, remarks },
  plan,
  onImport,
}: ImportPreviewProps) {
  const [replace, setReplace] = useState(false);
  const { fresh, same, different, inTrash } = plan;
  const others = different.length + inTrash.length;
  const count = fresh.length + (replace ? others : 0);
  const trashed = fresh.filter((entry) => entry.trashed).length;
  return (
    <div className="grid w-full justify-items-start gap-3">
      <ul className="list-disc pl-5">
        <li>
          {fresh.length.toLocaleString("en")} new
          {trashed > 0 && `, ${trashed.toLocaleString("en")} of them for the trash`}
        </li>
        {same > 0 && <li>{same.toLocaleString("en")} already there and the same</li>}
        {different.length > 0 && (
          <li>{different.length.toLocaleString("en")} already there but different</li>
        )}
        {inTrash.length > 0 && <li>{inTrash.length.toLocaleString("en")} in your trash</li>}
        {faults.length > 0 && <li>{faults.length.toLocaleString("en")} cannot be taken</li>}
      </ul>
      {others > 0 && (
        <label className="flex min-h-11 items-start gap-3 py-2">
          <input
            type="checkbox"
            className="mt-0.5 size-5 shrink-0"
            checked={replace}
            onChange={({ target }) => setReplace(target.checked)}
          />
          <span>
            <span className="font-medium">Replace with the file's version</span>
            <span className="block text-meta text-muted">
              {inTrash.length > 0
                ? "Otherwise those that are different stay as they are, and those in the trash stay there."
                : "Otherwise those that are different stay as they are."}
            </span>
          </span>
        </label>
      )}
      {remarks.map((remark) => (
        <p key={remark} className="text-meta text-muted">
          {remark}
        </p>
      ))}
      {count > 0 ? (
        <Button variant="primary" onClick={() => onImport(replace)}>
          {`Import ${countOfTasks(count)}`}
        </Button>
      ) : (
        <p className="text-muted">There is nothing to import.</p>
      )}
      <ImportFaults
        title="These cannot be taken"
        faults={faults.map(({ place, reason }) => ({ place, text: reason }))}
      />
    </div>
  );
}
