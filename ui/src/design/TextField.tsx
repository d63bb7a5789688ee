import { useRef } from "react";
import type { ComponentProps, FocusEvent, KeyboardEvent, RefObject } from "react";

import { leaveField } from "./leaveField";
import { Reason } from "./Reason";
import { useDraft } from "./useDraft";

interface TextFieldProps extends Pick<
  ComponentProps<"input">,
  "placeholder" | "disabled" | "autoFocus" | "id" | "className" | "maxLength"
> {
  label: string;
  /** Undefined stands for several values at once. */
  value: string | undefined;
  multiline?: boolean;
  mono?: boolean;
  /** Why a text cannot be taken, if so. It stays then, with the reason. */
  problemOf?: ((text: string) => string | undefined) | undefined;
  /**
   * Called once when the edit ends, by Enter or by leaving the field, and Esc reverts. In several lines Enter begins another;
   * Ctrl+Enter and Esc keep what was typed.
   */
  onCommit: (text: string) => void;
  /** Called when an edit ends without a change. A field that has this is there for one edit: Enter and Esc leave it. */
  onCancel?: () => void;
}

export function TextField({
  label,
  value,
  multiline,
  mono,
  problemOf,
  onCommit,
  onCancel,
  className,
  placeholder,
  ...rest
}: TextFieldProps) {
  const field = useRef<HTMLInputElement | HTMLTextAreaElement>(null);
  const draft = useDraft(value ?? "", onCommit, problemOf);
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement | HTMLTextAreaElement>) => {
    if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      if (multiline && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      if (onCancel && !draft.refuse()) event.currentTarget.blur();
      else {
        draft.commit();
        if (!multiline) event.currentTarget.select();
      }
    } else if (event.key === "Escape") {
      event.stopPropagation();
      // A paragraph is not typed again in a moment.
      if (multiline) draft.commit();
      else draft.revert();
      if (onCancel) event.currentTarget.blur();
      else leaveField(event.currentTarget);
    }
  };
  const props = {
    "aria-label": label,
    className: ["ui-input", mono ? "ui-mono" : "", className ?? ""].join(" ").trim(),
    placeholder: value === undefined ? "—" : (placeholder ?? ""),
    value: draft.text,
    spellCheck: false,
    "aria-invalid": draft.problem === undefined ? undefined : true,
    "data-resting": draft.isDraft ? undefined : "",
    onKeyDown,
    // A field that opens to rename has its text selected, to be typed over.
    ...(rest.autoFocus
      ? {
          onFocus: (event: FocusEvent<HTMLInputElement | HTMLTextAreaElement>) =>
            event.currentTarget.select(),
        }
      : {}),
    onBlur: () => {
      if (!draft.commit()) onCancel?.();
    },
    ...rest,
  };
  return (
    <>
      {multiline ? (
        <textarea
          {...(props as ComponentProps<"textarea">)}
          ref={field as RefObject<HTMLTextAreaElement | null>}
          rows={3}
          onChange={(event) => draft.change(event.target.value)}
        />
      ) : (
        <input
          {...(props as ComponentProps<"input">)}
          ref={field as RefObject<HTMLInputElement | null>}
          type="text"
          onChange={(event) => draft.change(event.target.value)}
        />
      )}
      <Reason field={field} onEscape={draft.revert}>
        {draft.problem}
      </Reason>
    </>
  );
}

/** For what cannot be without a name. */
export const nameProblem = (text: string) => (text.trim() === "" ? "A name is needed" : undefined);
