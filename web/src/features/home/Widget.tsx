import { Table2 } from "lucide-react";
import { type ReactNode, useCallback, useState } from "react";

import { IconButton } from "@/ui/Button";
import { classes } from "@/ui/classes";
import { ErrorBoundary } from "@/ui/ErrorBoundary";
import { ErrorState, ProgressBar, Skeleton, useLate } from "@/ui/states";

/** As much of a query as a widget shows of it. */
export interface Reading {
  isPending: boolean;
  isFetching: boolean;
  /** Whether what is there answers an earlier question. */
  isPlaceholderData: boolean;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
}

const NEAR = "200px";

export interface Near {
  isNear: boolean;
  /** Give it to the element as `ref`. */
  watch: (element: HTMLElement | null) => (() => void) | undefined;
}

/** Whether an element has come near what is visible: from then on it loads. */
export function useNear(): Near {
  const [isNear, setNear] = useState(false);
  const watch = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        setNear(true);
        observer.disconnect();
      },
      { rootMargin: NEAR },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { isNear, watch };
}

export interface WidgetProps {
  title: string;
  /** Over which time, by what. */
  note: string;
  near: Near;
  readings: readonly Reading[];
  isEmpty: boolean;
  /** What to say when there is nothing. */
  nothing: string;
  tools?: ReactNode;
  isWide?: boolean;
  children: ReactNode;
  /** The same as a table. */
  table?: ReactNode;
}

/** One answer on the home page. It loads when it comes near, and fails alone. */
export function Widget({
  title,
  note,
  near: { isNear, watch },
  readings,
  isEmpty,
  nothing,
  tools,
  isWide,
  children,
  table,
}: WidgetProps) {
  const [isTable, setTable] = useState(false);
  const failed = readings.find(({ isError }) => isError);
  const isLoading = !isNear || readings.some(({ isPending }) => isPending);
  const isOld = !isLoading && readings.some(({ isPlaceholderData }) => isPlaceholderData);
  const state = failed !== undefined ? "error" : isLoading || isOld ? "loading" : isEmpty ? "empty" : "ready";
  const isShown = state === "ready" || (isOld && failed === undefined && !isEmpty);
  return (
    <section
      ref={watch}
      aria-label={title}
      data-testid="widget"
      data-widget={title}
      data-state={state}
      className={classes(
        "relative flex min-w-0 flex-col rounded-md border border-line bg-bg p-3",
        isWide === true && "lg:col-span-2",
      )}
    >
      <ProgressBar isActive={!isLoading && readings.some(({ isFetching }) => isFetching)} />
      <header className="flex min-h-7 items-center gap-2 pb-1">
        <h2 className="truncate text-14 font-semibold">{title}</h2>
        <span className="min-w-0 grow truncate text-12 text-text-3">{note}</span>
        {tools}
        {table !== undefined && isShown && (
          <IconButton
            label={isTable ? "As a chart" : "As a table"}
            aria-pressed={isTable}
            icon={<Table2 className="size-4" strokeWidth={1.75} />}
            onClick={() => setTable(!isTable)}
          />
        )}
      </header>
      {state === "error" && failed !== undefined && (
        <ErrorState error={failed.error} onRetry={() => readings.forEach((one) => one.isError && void one.refetch())} />
      )}
      {failed === undefined && isLoading && <Loading />}
      {state === "empty" && <p className="py-10 text-center text-text-3">{nothing}</p>}
      {isShown && (
        <div className={classes(isOld && "pointer-events-none opacity-50")} aria-busy={isOld}>
          <ErrorBoundary>{isTable ? table : children}</ErrorBoundary>
        </div>
      )}
    </section>
  );
}

function Loading() {
  const isLate = useLate(true);
  return <div className="h-52">{isLate && <Skeleton className="h-full" />}</div>;
}
