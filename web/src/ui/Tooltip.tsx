import { Tooltip as Primitive } from "radix-ui";
import type { ReactElement, ReactNode } from "react";

import { KeyHint } from "./KeyHint";

export interface TooltipProps {
  label: ReactNode;
  keys?: string;
  side?: "top" | "right" | "bottom" | "left";
  children: ReactElement;
}

/** A few words beside what the pointer or the focus rests on. */
export function Tooltip({ label, keys, side = "bottom", children }: TooltipProps) {
  return (
    <Primitive.Root>
      <Primitive.Trigger asChild>{children}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className="z-popover flex max-w-80 items-center gap-2 rounded-sm border border-line bg-panel px-2 py-1 text-12 text-text shadow-popover"
        >
          {label}
          {keys !== undefined && <KeyHint keys={keys} />}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** Once around the app: tooltips follow each other without a pause. */
export function TooltipProvider({ children }: { children: ReactNode }) {
  return (
    <Primitive.Provider delayDuration={350} skipDelayDuration={150}>
      {children}
    </Primitive.Provider>
  );
}
