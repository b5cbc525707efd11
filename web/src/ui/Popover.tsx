import { Popover as Primitive } from "radix-ui";
import type { ReactElement, ReactNode } from "react";

import { classes } from "./classes";

export interface PopoverProps {
  trigger: ReactElement;
  children: ReactNode;
  label: string;
  align?: "start" | "center" | "end";
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
  className?: string;
}

/** A small panel beside its button. The page behind stays usable; Escape closes it and gives the focus back. */
export function Popover({ trigger, children, label, align = "start", isOpen, onOpenChange, className }: PopoverProps) {
  return (
    <Primitive.Root
      {...(isOpen === undefined ? {} : { open: isOpen })}
      {...(onOpenChange === undefined ? {} : { onOpenChange })}
    >
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          aria-label={label}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={classes(
            "z-popover max-h-(--radix-popover-content-available-height) overflow-auto rounded-md border border-line bg-bg shadow-popover outline-none",
            className,
          )}
        >
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

export const PopoverClose = Primitive.Close;
