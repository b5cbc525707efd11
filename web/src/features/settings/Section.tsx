import { type ReactNode, useId } from "react";

/** A part of a page of settings: its title, what it is about, and what can be done at the right. */
export function Section({
  title,
  about,
  action,
  children,
}: {
  title: string;
  about?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="mb-8">
      <div className="mb-3 flex flex-wrap items-end gap-x-4 gap-y-2">
        <div className="min-w-0 grow basis-80">
          <h2 id={id} className="text-16 font-semibold">
            {title}
          </h2>
          {about !== undefined && <p className="mt-0.5 max-w-160 text-text-2">{about}</p>}
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}
