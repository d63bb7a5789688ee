/** A name or a text being edited in place: leaving keeps it, Escape only a text. */

import { useEffect, useRef } from "react";

import { useDraft } from "../../design";

interface Props {
  label: string;
  value: string;
  placeholder?: string;
  /**
   * A text of as many lines as it takes. Enter ends one of a single line, and begins another in one of several, as Shift+Enter
   * does. Escape keeps it: a sentence is not typed again in a moment.
   */
  isText?: boolean;
  /** Called once, with the text or, after Escape, with nothing. */
  onDone: (text: string | undefined) => void;
}

export function NameField({ label, value, placeholder, isText = false, onDone }: Props) {
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const done = useRef(false);
  useEffect(() => field.current?.select(), []);
  const finish = (text: string | undefined): void => {
    if (done.current) return;
    done.current = true;
    onDone(text);
  };
  const draft = useDraft(value, finish);
  const lines = isText ? draft.text.split("\n").length : 1;
  const Field = isText ? "textarea" : "input";
  return (
    <Field
      ref={field}
      rows={isText ? lines : undefined}
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
        const { key, ctrlKey, metaKey, shiftKey } = event;
        if (key === "Escape" && !isText) draft.revert();
        const isNewLine = isText && (lines > 1 || shiftKey) && !ctrlKey && !metaKey;
        if (key === "Escape" || (key === "Enter" && !isNewLine)) event.currentTarget.blur();
      }}
    />
  );
}
