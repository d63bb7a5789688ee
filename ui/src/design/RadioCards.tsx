import { useId } from "react";
import type { ReactNode } from "react";

interface RadioCardsProps<T extends string> {
  label: string;
  value: T;
  /** Whether what is chosen takes the focus. */
  autoFocus?: boolean;
  options: readonly { value: T; title: string; text: string; icon?: ReactNode }[];
  onChange: (value: T) => void;
}

/** A choice between a few things that each need a sentence. */
export function RadioCards<T extends string>({
  label,
  value,
  autoFocus,
  options,
  onChange,
}: RadioCardsProps<T>) {
  const name = useId();
  return (
    // No fieldset: WebKit counts the height of its legend twice in a column of a dialog.
    <div role="group" aria-labelledby={`${name}-label`} className="ui-cards">
      <div id={`${name}-label`} className="ui-field-label">
        {label}
      </div>
      {options.map((option) => {
        const id = `${name}-${option.value}`;
        return (
          <label key={option.value} className="ui-card">
            <input
              type="radio"
              name={name}
              aria-labelledby={`${id}-title`}
              aria-describedby={`${id}-text`}
              autoFocus={autoFocus === true && option.value === value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span className="ui-card-words">
              <span id={`${id}-title`} className="ui-card-title">
                {option.icon}
                {option.title}
              </span>
              <span id={`${id}-text`} className="ui-card-text">
                {option.text}
              </span>
            </span>
          </label>
        );
      })}
    </div>
  );
}
