import { classes } from "./classes";
import { CopyButton } from "./CopyButton";

/** Code as it is, with a button that copies all of it. */
export function CodeBlock({
  code,
  label,
  testId,
  className,
}: {
  code: string;
  /** What it is; read out. */
  label: string;
  testId?: string;
  className?: string;
}) {
  return (
    <div className={classes("relative", className)}>
      <pre
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keys
        tabIndex={0}
        role="region"
        aria-label={label}
        data-testid={testId}
        className="overflow-x-auto rounded-md border border-line bg-panel p-3 pr-10 font-mono text-12"
      >
        {code}
      </pre>
      <CopyButton text={code} label={`Copy ${label}`} className="absolute top-1.5 right-1.5 bg-panel" />
    </div>
  );
}
