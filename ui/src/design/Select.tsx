import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronDown } from "lucide-react";

export interface SelectOption {
  value: string;
  label: string;
}

interface SelectProps {
  label: string;
  /** Undefined shows the placeholder: nothing chosen, or several values at once. */
  value: string | undefined;
  options: readonly SelectOption[];
  placeholder?: string;
  disabled?: boolean;
  onChange: (value: string) => void;
}

export function Select({
  label,
  value,
  options,
  placeholder = "—",
  disabled = false,
  onChange,
}: SelectProps) {
  const shown = options.find((option) => option.value === value)?.label ?? value ?? placeholder;
  return (
    <Base.Root
      value={value ?? null}
      disabled={disabled}
      onValueChange={(next: string | null) => {
        if (next !== null && next !== value) onChange(next);
      }}
    >
      <Base.Trigger className="ui-select" aria-label={label}>
        <span>{shown}</span>
        <ChevronDown size={14} aria-hidden />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="ui-layer" align="start" alignItemWithTrigger={false} sideOffset={4}>
          <Base.Popup className="ui-popup ui-select-popup">
            {options.map((option) => (
              <Base.Item key={option.value} value={option.value} className="ui-item">
                <span className="ui-item-icon">
                  <Base.ItemIndicator>
                    <Check size={14} />
                  </Base.ItemIndicator>
                </span>
                <Base.ItemText className="ui-item-label">{option.label}</Base.ItemText>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
