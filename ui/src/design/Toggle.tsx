import { Switch } from "@base-ui/react/switch";

interface ToggleProps {
  label: string;
  /** Undefined stands for several values at once. */
  checked: boolean | undefined;
  onChange: (checked: boolean) => void;
}

export function Toggle({ label, checked, onChange }: ToggleProps) {
  return (
    <Switch.Root
      className="ui-toggle"
      aria-label={label}
      checked={checked ?? false}
      onCheckedChange={onChange}
    >
      <span className="ui-toggle-track">
        <Switch.Thumb className="ui-toggle-thumb" />
      </span>
    </Switch.Root>
  );
}
