import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";

import { Button } from "./Button";

interface CopyButtonProps {
  /** What the button says: "Copy link". */
  label: string;
  text: string;
  variant?: "primary" | "plain";
}

/** How long "Copied" stays. */
const COPIED = 2000;

/** Puts a text on the clipboard and says so. */
export function CopyButton({ label, text, variant = "plain" }: CopyButtonProps) {
  const [said, setSaid] = useState<string>();
  useEffect(() => {
    if (said === undefined) return undefined;
    const timer = setTimeout(() => setSaid(undefined), COPIED);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = () => {
    // A web view without a clipboard has no `clipboard` at all: that throws, and is told like a refusal.
    Promise.resolve()
      .then(() => navigator.clipboard.writeText(text))
      .then(
        () => setSaid("Copied"),
        () => setSaid("Not copied: select it and copy it by hand"),
      );
  };
  return (
    <>
      <Button
        variant={variant}
        icon={said === "Copied" ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
        onClick={copy}
      >
        {said ?? label}
      </Button>
      <span className="ui-hidden" aria-live="polite">
        {said}
      </span>
    </>
  );
}
