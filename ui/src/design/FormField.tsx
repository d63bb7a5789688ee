import { useId } from "react";
import type { ComponentProps } from "react";

interface FormFieldProps extends Pick<
  ComponentProps<"input">,
  "type" | "autoFocus" | "placeholder" | "autoComplete" | "readOnly"
> {
  label: string;
  value: string;
  mono?: boolean;
  note?: string | undefined;
  /** What is wrong with the value; takes the place of the note. */
  problem?: string | undefined;
  onChange: (text: string) => void;
}

/** A labelled line of text in a form. */
export function FormField({ label, value, mono, note, problem, onChange, ...rest }: FormFieldProps) {
  const id = useId();
  const said = problem ?? note;
  return (
    <div className="ui-field">
      <label className="ui-field-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className={mono ? "ui-input ui-mono" : "ui-input"}
        value={value}
        spellCheck={false}
        aria-invalid={problem !== undefined ? true : undefined}
        aria-describedby={said === undefined ? undefined : `${id}-note`}
        onChange={(event) => onChange(event.target.value)}
        {...rest}
      />
      {said !== undefined && (
        <span id={`${id}-note`} className="ui-field-note" data-error={problem === undefined ? undefined : ""}>
          {said}
        </span>
      )}
    </div>
  );
}
