import type { ComponentProps, ReactNode } from "react";

import { Tooltip } from "./Tooltip";

interface ButtonProps extends ComponentProps<"button"> {
  variant?: "primary" | "plain" | "quiet" | "danger";
  size?: "normal" | "large";
  icon?: ReactNode;
}

export function Button({
  variant = "plain",
  size = "normal",
  icon,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      className={className ? `ui-button ${className}` : "ui-button"}
      data-variant={variant}
      data-size={size}
      {...rest}
    >
      {icon}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ComponentProps<"button">, "aria-label" | "title"> {
  /** What it does: its accessible name and its tooltip. */
  label: string;
  shortcut?: string;
}

export function IconButton({ label, shortcut, className, children, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} shortcut={shortcut}>
      <button
        type="button"
        aria-label={label}
        className={className ? `ui-icon-button ${className}` : "ui-icon-button"}
        {...rest}
      >
        {children}
      </button>
    </Tooltip>
  );
}
