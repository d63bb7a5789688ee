import { Popover } from "../Popover";
import { TextField } from "../TextField";
import { ColorPicker } from "./ColorPicker";
import { colorProblem, parseHexColor } from "./hsv";

interface ColorFieldProps {
  label: string;
  /** `#rrggbb`; undefined stands for several values at once. */
  value: string | undefined;
  onCommit: (color: string) => void;
}

/** A colour: picked, or typed as `#rrggbb`. */
export function ColorField({ label, value, onCommit }: ColorFieldProps) {
  return (
    <div className="ui-color">
      <ColorButton label={label} value={value} onCommit={onCommit} />
      <TextField
        mono
        label={`${label} as text`}
        value={value}
        problemOf={colorProblem}
        onCommit={(text) => {
          const color = parseHexColor(text);
          if (color !== undefined && color !== value) onCommit(color);
        }}
      />
    </div>
  );
}

/** A colour that opens its picker. */
export function ColorButton({ label, value, onCommit }: ColorFieldProps) {
  return (
    <Popover
      title={label}
      trigger={
        <button
          type="button"
          className="ui-color-button"
          aria-label={label}
          title={value ?? "several colours"}
          data-mixed={value === undefined ? "" : undefined}
        >
          <span style={value === undefined ? undefined : { background: value }} />
        </button>
      }
    >
      <ColorPicker label={label} value={value} onCommit={onCommit} />
    </Popover>
  );
}
