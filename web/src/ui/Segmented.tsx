import { classes } from "./classes";

export interface SegmentedProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
  className?: string;
}

/** A few choices side by side, of which one holds. */
export function Segmented<Value extends string>({ label, value, options, onChange, className }: SegmentedProps<Value>) {
  return (
    <div
      role="group"
      aria-label={label}
      className={classes("inline-flex shrink-0 rounded-sm border border-line bg-panel p-px", className)}
    >
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          className="h-6 rounded-[3px] px-2 text-12 text-text-2 hover:text-text aria-pressed:bg-bg aria-pressed:font-medium aria-pressed:text-text aria-pressed:shadow-[0_0_0_1px_var(--line)]"
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
