import { cva, type VariantProps } from "class-variance-authority";
import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";

import { classes } from "./classes";
import { Tooltip } from "./Tooltip";

const look = cva(
  "inline-flex items-center justify-center gap-1.5 rounded-sm whitespace-nowrap select-none transition-colors duration-(--motion) disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50",
  {
    variants: {
      kind: {
        primary: "bg-accent text-on-accent hover:opacity-90 font-medium",
        plain: "border border-line bg-bg text-text hover:bg-hover",
        quiet: "text-text-2 hover:bg-hover hover:text-text",
        danger: "border border-line bg-bg text-danger hover:bg-chip-danger",
      },
      size: { small: "h-6 px-1.5 text-12", usual: "h-7 px-2 text-13", large: "h-8 px-3 text-13" },
    },
    defaultVariants: { kind: "plain", size: "usual" },
  },
);

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement>, VariantProps<typeof look> {
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ kind, size, className, type = "button", ...rest }: ButtonProps) {
  // oxlint-disable-next-line react/button-has-type -- the type has a default
  return <button type={type} className={classes(look({ kind, size }), className)} {...rest} />;
}

export interface IconButtonProps extends Omit<ButtonProps, "children"> {
  /** What it does; read out, and shown as a tooltip. */
  label: string;
  /** Its shortcut, as the registry has it. */
  keys?: string;
  icon: ReactNode;
}

/** A button of 28 px that shows only an icon. */
export function IconButton({ label, keys, icon, className, kind = "quiet", ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} {...(keys === undefined ? {} : { keys })}>
      <Button aria-label={label} kind={kind} className={classes("w-7 px-0", className)} {...rest}>
        {icon}
      </Button>
    </Tooltip>
  );
}
