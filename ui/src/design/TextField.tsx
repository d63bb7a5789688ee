import type { ComponentProps, FocusEvent, KeyboardEvent } from "react";

import { leaveField } from "./leaveField";
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
  /** Called once when the edit ends, by Enter or by leaving the field. Esc reverts. */
  onCommit: (text: string) => void;
  /** Called when an edit ends without a change. A field that has this is there for one edit: Enter and Esc leave it. */
  onCancel?: () => void;
}

export function TextField({
  label,
  value,
  multiline,
  mono,
  onCommit,
  onCancel,
  className,
  placeholder,
  ...rest
}: TextFieldProps) {
  const draft = useDraft(value ?? "", onCommit);
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement | HTMLTextAreaElement>) => {
    if (event.key === "Enter" && !(multiline && event.shiftKey) && !event.nativeEvent.isComposing) {
      event.preventDefault();
      if (onCancel) event.currentTarget.blur();
      else {
        draft.commit();
        event.currentTarget.select();
      }
    } else if (event.key === "Escape") {
      event.stopPropagation();
      draft.revert();
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
  return multiline ? (
    <textarea
      {...(props as ComponentProps<"textarea">)}
      rows={3}
      onChange={(event) => draft.change(event.target.value)}
    />
  ) : (
    <input {...props} type="text" onChange={(event) => draft.change(event.target.value)} />
  );
}
