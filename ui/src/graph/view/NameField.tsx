/** A name being edited in place: Enter or leaving keeps it, Escape does not, but for texts. */

import { useEffect, useRef } from "react";

import { useDraft } from "../../design";

interface Props {
  label: string;
  value: string;
  placeholder?: string;
  /** Whether Escape keeps what was typed: a sentence is not typed again in a moment. */
  keeps?: boolean;
  /** Called once, with the text or, after Escape, with nothing. */
  onDone: (text: string | undefined) => void;
}

export function NameField({ label, value, placeholder, keeps = false, onDone }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useEffect(() => field.current?.select(), []);
  const finish = (text: string | undefined): void => {
    if (done.current) return;
    done.current = true;
    onDone(text);
  };
  const draft = useDraft(value, finish);
  return (
    <input
      ref={field}
      className="bp-name-field"
      data-own-pointer
      autoFocus
      aria-label={label}
      value={draft.text}
      placeholder={placeholder}
      spellCheck={false}
      onChange={(event) => draft.change(event.currentTarget.value)}
      onBlur={() => {
        if (!draft.commit()) finish(undefined);
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape" && !keeps) draft.revert();
        if (event.key === "Enter" || event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}
