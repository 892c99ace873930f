interface ProgressBarProps {
  readonly label: string;
  readonly value: number;
  readonly max: number;
}

/** The progress of long work, in the colours of the page. */
export function ProgressBar({ label, value, max }: ProgressBarProps) {
  return (
    <progress
      aria-label={label}
      value={value}
      max={max}
      className="h-2 w-full appearance-none overflow-hidden rounded-full bg-divider [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-divider [&::-webkit-progress-value]:bg-accent"
    />
  );
}
