import { Switch } from "@base-ui/react/switch";

interface ToggleProps {
  label: string;
  /** Undefined stands for several values at once, or for none. */
  checked: boolean | undefined;
  /** Whether there is no value at all. */
  unset?: boolean;
  onChange: (checked: boolean) => void;
}

/** On, off, or between the two where neither is true. */
export function Toggle({ label, checked, unset = false, onChange }: ToggleProps) {
  const between = unset ? "not set" : "several values";
  return (
    <Switch.Root
      className="ui-toggle"
      aria-label={label}
      aria-description={checked === undefined ? between : undefined}
      title={checked === undefined ? between : undefined}
      data-between={checked === undefined ? "" : undefined}
      data-unset={checked === undefined && unset ? "" : undefined}
      checked={checked ?? false}
      onCheckedChange={onChange}
    >
      <span className="ui-toggle-track">
        <Switch.Thumb className="ui-toggle-thumb" />
      </span>
    </Switch.Root>
  );
}
