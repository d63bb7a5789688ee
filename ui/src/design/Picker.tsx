import { Combobox as Base } from "@base-ui/react/combobox";
import { Check, ChevronDown } from "lucide-react";

import { finds } from "./finds";

export interface PickerOption {
  value: string;
  label: string;
  /** A word at the right that tells options of one name apart. */
  detail?: string;
}

interface PickerProps {
  label: string;
  /** Undefined shows the placeholder. */
  value: string | undefined;
  options: readonly PickerOption[];
  placeholder?: string;
  /** What a value is called that is none of the options. */
  missing?: string;
  className?: string;
  onChange: (value: string) => void;
}

/** More than anybody reads; typing narrows it. */
const MOST = 200;

/** A choice among many, found by typing a part of its name. */
export function Picker({
  label,
  value,
  options,
  placeholder = "Choose…",
  missing,
  className = "ui-select",
  onChange,
}: PickerProps) {
  const chosen = options.find((option) => option.value === value);
  const shown = chosen?.label ?? (value === undefined ? placeholder : (missing ?? value));
  return (
    <Base.Root
      items={options}
      value={chosen ?? null}
      limit={MOST}
      autoHighlight
      // The library's own tells cases apart where the web view compares texts so.
      filter={(option: PickerOption, query) => finds(query, option.label)}
      onValueChange={(next: PickerOption | null) => {
        if (next !== null && next.value !== value) onChange(next.value);
      }}
    >
      <Base.Trigger
        className={className}
        aria-label={label}
        data-missing={value !== undefined && !chosen ? "" : undefined}
        data-own-pointer
      >
        <span>{shown}</span>
        <ChevronDown size={14} aria-hidden />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="ui-layer" align="start" sideOffset={4}>
          <Base.Popup className="ui-popup ui-picker" aria-label={label}>
            <Base.Input className="ui-input" placeholder="Find by name" aria-label={`Find: ${label}`} />
            <Base.Empty className="ui-picker-empty">Nothing is called that.</Base.Empty>
            <Base.List className="ui-picker-list">
              {(option: PickerOption) => (
                <Base.Item key={option.value} value={option} className="ui-item">
                  <span className="ui-item-icon">
                    <Base.ItemIndicator>
                      <Check size={14} />
                    </Base.ItemIndicator>
                  </span>
                  <span className="ui-item-label">{option.label}</span>
                  {option.detail && <span className="ui-item-end">{option.detail}</span>}
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
