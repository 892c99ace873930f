import { type FormEvent, useId, useState } from "react";
import { Button } from "#ui/kit/button.tsx";
import { type ColumnChoice, columnFields, guessColumns } from "./formats/table-columns.ts";
import type { TableColumn } from "./import-draft.ts";

interface ImportColumnsProps {
  readonly columns: readonly TableColumn[];
  readonly onChoose: (choice: ColumnChoice) => void;
}

/** The form for the meaning of each column, guessed by the names; choosing sends nothing. */
export function ImportColumns({ columns, onChoose }: ImportColumnsProps) {
  const id = useId();
  const [choice, setChoice] = useState(() => guessColumns(columns.map(({ name }) => name)));
  const choose = (event: FormEvent) => {
    event.preventDefault();
    onChoose(choice);
  };
  return (
    <form className="grid w-full justify-items-start gap-3" onSubmit={choose}>
      <p>Which column is what? The others are kept in the notes.</p>
      {columnFields.map(({ field, label }) => (
        <div key={field} className="grid w-full max-w-sm gap-1">
          <label htmlFor={`${id}-${field}`} className="font-medium text-row">
            {label}
          </label>
          <select
            id={`${id}-${field}`}
            className="control"
            value={choice[field] ?? ""}
            onChange={({ target: { value } }) =>
              setChoice(({ [field]: _, ...others }) => ({
                title: 0,
                ...others,
                ...(value !== "" && { [field]: Number(value) }),
              }))
            }
          >
            {field !== "title" && (
              <option value="" className="bg-surface text-text">
                None
              </option>
            )}
            {columns.map(({ name, example }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns may have one name, and do not move.
              <option key={index} value={index} className="bg-surface text-text">
                {name || `Column ${index + 1}`}
                {example && `: ${example}`}
              </option>
            ))}
          </select>
        </div>
      ))}
      <Button variant="primary" type="submit">
        Show what it would import
      </Button>
    </form>
  );
}
