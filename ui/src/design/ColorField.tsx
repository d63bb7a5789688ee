import { useEffect, useRef } from "react";

import { TextField } from "./TextField";

interface ColorFieldProps {
  label: string;
  /** `#rrggbb`; undefined stands for several values at once. */
  value: string | undefined;
  onCommit: (color: string) => void;
}

/** A colour: the system's picker, or typed as `#rrggbb`. */
export function ColorField({ label, value, onCommit }: ColorFieldProps) {
  const picker = useRef<HTMLInputElement>(null);
  const commit = useRef(onCommit);
  useEffect(() => {
    commit.current = onCommit;
  });
  useEffect(() => {
    // React's onChange fires for every colour passed over; the native event fires once, when the picker closes.
    const input = picker.current;
    const onChange = () => input && commit.current(input.value);
    input?.addEventListener("change", onChange);
    return () => input?.removeEventListener("change", onChange);
  }, []);
  useEffect(() => {
    if (picker.current) picker.current.value = value ?? "#808080";
  }, [value]);
  return (
    <div className="ui-color">
      <input ref={picker} type="color" aria-label={label} defaultValue={value ?? "#808080"} />
      <TextField
        mono
        label={`${label} as text`}
        value={value}
        onCommit={(text) => {
          const color = parseHexColor(text);
          if (color !== undefined) onCommit(color);
        }}
      />
    </div>
  );
}

/** `#rgb` or `#rrggbb`, with or without its sign, as `#rrggbb`. */
function parseHexColor(text: string): string | undefined {
  const match = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim());
  const digits = match?.[1]?.toLowerCase();
  if (digits === undefined) return undefined;
  return `#${digits.length === 3 ? [...digits].map((digit) => digit + digit).join("") : digits}`;
}
