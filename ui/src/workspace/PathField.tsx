import { useId } from "react";

import { attempt } from "./notify";
import { Button } from "../design";
import "./forms.css";

interface PathFieldProps {
  label: string;
  value: string;
  placeholder?: string;
  note?: string;
  autoFocus?: boolean;
  /** Asks the system's dialog. */
  browse: () => Promise<string | null>;
  onChange: (path: string) => void;
}

/** A path, typed or chosen in the system's dialog. */
export function PathField({ label, value, placeholder, note, autoFocus, browse, onChange }: PathFieldProps) {
  const id = useId();
  const choose = async () => {
    const path = await attempt(browse);
    if (path) onChange(path);
  };
  return (
    <div className="ui-field">
      <label className="ui-field-label" htmlFor={id}>
        {label}
      </label>
      <div className="path-field">
        <input
          id={id}
          className="ui-input ui-mono"
          value={value}
          placeholder={placeholder}
          autoFocus={autoFocus}
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
        />
        <Button onClick={() => void choose()}>Browse…</Button>
      </div>
      {note && <span className="ui-field-note">{note}</span>}
    </div>
  );
}
