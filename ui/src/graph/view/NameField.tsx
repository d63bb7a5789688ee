/** A name being edited in place: Enter or leaving keeps it, Escape does not. */

import { useEffect, useRef } from "react";

interface Props {
  label: string;
  value: string;
  placeholder?: string;
  /** Called once, with the text or, after Escape, with nothing. */
  onDone: (text: string | undefined) => void;
}

export function NameField({ label, value, placeholder, onDone }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useEffect(() => field.current?.select(), []);
  const finish = (text: string | undefined): void => {
    if (done.current) return;
    done.current = true;
    onDone(text);
  };
  return (
    <input
      ref={field}
      className="bp-name-field"
      data-own-pointer
      autoFocus
      aria-label={label}
      defaultValue={value}
      placeholder={placeholder}
      spellCheck={false}
      onBlur={(event) => finish(event.currentTarget.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") finish(event.currentTarget.value);
        if (event.key === "Escape") finish(undefined);
      }}
    />
  );
}
