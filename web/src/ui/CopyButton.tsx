import { Check, Copy } from "lucide-react";
import { useState } from "react";

import { IconButton } from "./Button";
import { copyText } from "./copyText";

/** Copies a text and says so for a moment. */
export function CopyButton({
  text,
  label = "Copy",
  className,
}: {
  text: string | (() => string);
  label?: string;
  className?: string;
}) {
  const [isDone, setDone] = useState(false);
  const copy = async () => {
    if (!(await copyText(typeof text === "string" ? text : text()))) return;
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return (
    <IconButton
      label={isDone ? "Copied" : label}
      size="small"
      className={className}
      icon={
        isDone ? (
          <Check className="size-3.5 text-success" strokeWidth={2} />
        ) : (
          <Copy className="size-3.5" strokeWidth={1.75} />
        )
      }
      onClick={() => void copy()}
    />
  );
}
