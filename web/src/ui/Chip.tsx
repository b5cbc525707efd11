import { cva, type VariantProps } from "class-variance-authority";
import type { HTMLAttributes } from "react";

import { classes } from "./classes";

const look = cva("inline-flex max-w-full items-center gap-1 rounded-sm px-1.5 text-12 leading-4.5 whitespace-nowrap", {
  variants: {
    tone: {
      muted: "bg-chip-muted text-text-2",
      warn: "bg-chip-warn text-warn",
      danger: "bg-chip-danger text-chip-danger-text",
      outline: "border border-line text-text-2",
    },
  },
  defaultVariants: { tone: "muted" },
});

export interface ChipProps extends HTMLAttributes<HTMLSpanElement>, VariantProps<typeof look> {}

/** A short word on a coloured ground. */
export function Chip({ tone, className, children, ...rest }: ChipProps) {
  return (
    <span className={classes(look({ tone }), className)} {...rest}>
      <span className="truncate" dir="auto">
        {children}
      </span>
    </span>
  );
}

const HUES = [
  "--type-generation",
  "--type-agent",
  "--type-tool",
  "--type-chain",
  "--type-retriever",
  "--type-evaluator",
  "--type-embedding",
  "--type-guardrail",
] as const;

/** A dot whose colour follows from a name: the same name, the same colour, everywhere. Always beside the name itself. */
export function HueDot({ name }: { name: string }) {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return (
    <span
      aria-hidden
      className="size-1.5 shrink-0 rounded-full"
      style={{ background: `var(${HUES[hash % HUES.length]})` }}
    />
  );
}
