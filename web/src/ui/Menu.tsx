import { Check } from "lucide-react";
import { DropdownMenu as Primitive } from "radix-ui";
import type { ReactElement, ReactNode } from "react";

import { classes } from "./classes";
import { KeyHint } from "./KeyHint";

export interface MenuProps {
  trigger: ReactElement;
  children: ReactNode;
  align?: "start" | "center" | "end";
  className?: string;
}

const MENUS_ID = "menus";

/** The panel of a menu. */
export const MENU_PANEL = "z-popover min-w-44 overflow-auto rounded-md border border-line bg-bg p-1 shadow-popover";

export function menuContainer(): HTMLElement | null {
  return document.getElementById(MENUS_ID);
}

/** Where open menus stand: within a landmark of the page, and above everything else. Once in the app. */
export function MenuLayer() {
  return <section id={MENUS_ID} aria-label="Menus" />;
}

export const MENU_ITEM =
  "flex min-h-7 cursor-pointer items-center gap-2 rounded-sm px-2 py-1 text-13 outline-none select-none data-highlighted:bg-hover data-disabled:cursor-not-allowed data-disabled:opacity-50";

/** A menu below its button. */
export function Menu({ trigger, children, align = "start", className }: MenuProps) {
  return (
    <Primitive.Root modal={false}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal container={menuContainer()}>
        <Primitive.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={classes("max-h-(--radix-dropdown-menu-content-available-height)", MENU_PANEL, className)}
        >
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

export interface MenuItemProps {
  children: ReactNode;
  icon?: ReactNode;
  keys?: string;
  isDisabled?: boolean;
  /** More about it; why it is disabled. */
  title?: string | undefined;
  onSelect: () => void;
}

export function MenuItem({ children, icon, keys, isDisabled = false, title, onSelect }: MenuItemProps) {
  return (
    <Primitive.Item className={MENU_ITEM} disabled={isDisabled} title={title} onSelect={onSelect}>
      {icon !== undefined && <span className="text-text-3">{icon}</span>}
      <span className="grow truncate">{children}</span>
      {keys !== undefined && <KeyHint keys={keys} />}
    </Primitive.Item>
  );
}

/** An item with a tick; it leaves the menu open. */
export function MenuCheck({
  children,
  isChecked,
  isDisabled = false,
  onChange,
}: {
  children: ReactNode;
  isChecked: boolean;
  isDisabled?: boolean;
  onChange: (isChecked: boolean) => void;
}) {
  return (
    <Primitive.CheckboxItem
      className={MENU_ITEM}
      checked={isChecked}
      disabled={isDisabled}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
    >
      <span className="flex size-4 items-center justify-center rounded-sm border border-line-strong">
        <Primitive.ItemIndicator>
          <Check className="size-3.5" strokeWidth={2.25} />
        </Primitive.ItemIndicator>
      </span>
      <span className="grow truncate">{children}</span>
    </Primitive.CheckboxItem>
  );
}

/** One of several that exclude each other. */
export function MenuChoice<Value extends string>({
  value,
  options,
  onChange,
}: {
  value: Value;
  options: readonly { value: Value; label: ReactNode }[];
  onChange: (value: Value) => void;
}) {
  return (
    <Primitive.RadioGroup value={value} onValueChange={(chosen) => onChange(chosen as Value)}>
      {options.map((option) => (
        <Primitive.RadioItem key={option.value} value={option.value} className={MENU_ITEM}>
          <span className="flex size-4 items-center justify-center">
            <Primitive.ItemIndicator>
              <Check className="size-3.5" strokeWidth={2.25} />
            </Primitive.ItemIndicator>
          </span>
          <span className="grow truncate">{option.label}</span>
        </Primitive.RadioItem>
      ))}
    </Primitive.RadioGroup>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Primitive.Label className="px-2 pt-2 pb-1 text-11 font-medium text-text-3">{children}</Primitive.Label>;
}

export function MenuLine() {
  return <Primitive.Separator className="my-1 h-px bg-line" />;
}
