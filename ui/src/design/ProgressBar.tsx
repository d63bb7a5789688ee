interface ProgressBarProps {
  /** What is making progress. */
  label: string;
  /** 0 to 1; undefined while nobody knows. */
  value: number | undefined;
}

export function ProgressBar({ label, value }: ProgressBarProps) {
  return (
    <div
      className="ui-progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value === undefined ? undefined : Math.round(value * 100)}
      data-unknown={value === undefined ? "" : undefined}
    >
      <span style={value === undefined ? undefined : { width: `${value * 100}%` }} />
    </div>
  );
}
