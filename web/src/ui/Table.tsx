/** A plain table for some dozens of rows: settings, logs. Lists without end have a grid of their own. */
import type { ReactNode } from "react";

import { classes } from "./classes";

export interface TableColumn {
  label: string;
  isNumber?: boolean;
  /** Shown to screen readers alone. */
  isHidden?: boolean;
  className?: string;
}

export function Table({
  label,
  columns,
  children,
}: {
  label: string;
  columns: readonly TableColumn[];
  children: ReactNode;
}) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keys
    <div className="overflow-x-auto rounded-md border border-line" tabIndex={0} role="group" aria-label={label}>
      <table className="w-full border-collapse text-13 leading-table">
        <thead>
          <tr className="border-b border-line bg-panel text-left text-12 text-text-2">
            {columns.map((column) => (
              <th
                key={column.label}
                scope="col"
                className={classes(
                  "h-8 px-3 font-medium whitespace-nowrap",
                  column.isNumber === true && "text-right",
                  column.className,
                )}
              >
                <span className={column.isHidden === true ? "sr-only" : undefined}>{column.label}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">{children}</tbody>
      </table>
    </div>
  );
}

export function Cell({
  children,
  isNumber = false,
  className,
}: {
  children: ReactNode;
  isNumber?: boolean;
  className?: string;
}) {
  return (
    <td className={classes("px-3 py-1.5 align-top", isNumber && "tabular text-right whitespace-nowrap", className)}>
      {children}
    </td>
  );
}
