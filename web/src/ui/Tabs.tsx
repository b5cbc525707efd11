import { type KeyboardEvent, type ReactNode, useId } from "react";

import { classes } from "./classes";

export interface TabsProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: ReactNode }[];
  onChange: (value: Value) => void;
  children: ReactNode;
  className?: string;
}

/** Several panels in one place, of which one shows. Arrow keys move between the tabs. */
export function Tabs<Value extends string>({ label, value, options, onChange, children, className }: TabsProps<Value>) {
  const id = useId();
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = options.findIndex((option) => option.value === value);
    const next = options[(at + step + options.length) % options.length];
    if (next === undefined) return;
    onChange(next.value);
    event.currentTarget.querySelector<HTMLElement>(`[data-tab="${CSS.escape(next.value)}"]`)?.focus();
  };
  return (
    <div className={classes("min-w-0", className)}>
      {/* oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- its tabs take the focus */}
      <div role="tablist" aria-label={label} className="flex overflow-x-auto border-b border-line" onKeyDown={move}>
        {options.map((option) => (
          <button
            key={option.value}
            type="button"
            role="tab"
            id={`${id}-${option.value}`}
            data-tab={option.value}
            aria-selected={option.value === value}
            aria-controls={`${id}-panel`}
            tabIndex={option.value === value ? 0 : -1}
            onClick={() => onChange(option.value)}
            className="-mb-px h-8 shrink-0 border-b-2 border-transparent px-3 text-13 whitespace-nowrap text-text-2 hover:text-text aria-selected:border-accent aria-selected:font-medium aria-selected:text-text"
          >
            {option.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${value}`} className="pt-3">
        {children}
      </div>
    </div>
  );
}
