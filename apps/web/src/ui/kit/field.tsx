import { CircleAlert } from "lucide";
import { type ComponentProps, type ReactNode, useId } from "react";
import { Icon } from "#ui/kit/icon.tsx";
import { Words } from "./words.tsx";

export interface FieldProps extends ComponentProps<"input"> {
  label: string;
  hint?: ReactNode;
  /** What is wrong and what to do; it marks the input as invalid, and describes it. */
  error?: ReactNode;
  /** A control at the end of the input, such as Show. */
  end?: ReactNode;
}

/** A labelled text input. */
export function Field({ label, hint, error, end, className = "", ...input }: FieldProps) {
  const id = useId();
  const hintId = hint ? `${id}-hint` : "";
  const errorId = error ? `${id}-error` : "";
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="font-medium text-row">
        {label}
      </label>
      <div className="relative">
        <input
          id={id}
          className={`control ${end ? "pr-20" : ""} ${className}`}
          aria-invalid={error ? true : undefined}
          aria-describedby={`${errorId} ${hintId}`.trim() || undefined}
          {...input}
        />
        {end && <div className="absolute inset-y-0 right-1 flex items-center">{end}</div>}
      </div>
      {error && <FieldError id={errorId}>{error}</FieldError>}
      {hint && (
        <p id={hintId} className="text-meta text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}

/** The words under a control that say what is wrong with it. */
export function FieldError({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <p id={id} className="flex gap-1.5 text-danger text-meta">
      <Icon of={CircleAlert} size={14} className="mt-0.5 shrink-0" />
      <Words>{children}</Words>
    </p>
  );
}
