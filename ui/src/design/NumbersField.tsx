import { NumberField } from "./NumberField";
import type { Axis } from "./NumberField";

const AXES: readonly Axis[] = ["x", "y", "z", "w"];

interface NumbersFieldProps {
  label: string;
  /** Component by component; undefined where several values stand at once, or none does. */
  values: readonly (number | undefined)[];
  /** Whether undefined says that there is no value. */
  unset?: boolean | undefined;
  /** What each component is called; by default x, y, z, w. */
  names?: readonly string[];
  integer?: boolean | undefined;
  step?: number | undefined;
  min?: number | undefined;
  max?: number | undefined;
  /** How many stand in one line, for matrices. */
  columns?: number;
  disabled?: boolean | undefined;
  onCommit: (index: number, value: number) => void;
}

/** A vector or a matrix: one number field for each component. */
export function NumbersField({ label, values, names, columns, onCommit, ...rest }: NumbersFieldProps) {
  const isVector = columns === undefined && values.length <= AXES.length;
  return (
    <div
      role="group"
      aria-label={label}
      className="ui-numbers"
      style={
        columns === undefined ? undefined : { gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }
      }
    >
      {values.map((value, index) => (
        <NumberField
          key={index}
          label={`${label} ${names?.[index] ?? (isVector ? (AXES[index] ?? index) : index)}`}
          axis={isVector && values.length > 1 ? AXES[index] : undefined}
          value={value}
          onCommit={(next) => onCommit(index, next)}
          {...rest}
        />
      ))}
    </div>
  );
}
