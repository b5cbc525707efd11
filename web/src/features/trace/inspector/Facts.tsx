import type { ReactNode } from "react";

import { CopyButton } from "@/ui/CopyButton";

/** Names and values in two columns. */
export function Facts({ rows }: { rows: readonly (readonly [string, ReactNode, string?])[] }) {
  return (
    <dl className="grid grid-cols-[minmax(96px,max-content)_minmax(0,1fr)] gap-x-4 text-12">
      {rows.map(([name, value, copied]) => (
        <div key={name} className="group/fact contents">
          <dt className="py-0.5 text-text-3">{name}</dt>
          <dd className="flex min-w-0 items-center gap-1 py-0.5">
            <span className="min-w-0 truncate" dir="auto">
              {value}
            </span>
            {copied !== undefined && (
              <CopyButton
                className="-my-1 opacity-0 group-hover/fact:opacity-100 focus-visible:opacity-100"
                text={copied}
                label={`Copy ${name.toLowerCase()}`}
              />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
