/** What stands in the place of content that is not there: still loading, failed, or none. */
import { CircleAlert } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";

import { ApiError } from "@/api/errors";

import { Button } from "./Button";
import { classes } from "./classes";
import { copyText } from "./copyText";

export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={classes("block animate-pulse rounded-sm bg-hover", className)} />;
}

/** True once something has lasted so long that saying so is better than silence. */
export function useLate(isWaiting: boolean, afterMs = 120): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setTimeout(() => setLate(true), afterMs);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [isWaiting, afterMs]);
  return isWaiting && isLate;
}

/** Two pixels at the top of what is being read anew. */
export function ProgressBar({ isActive }: { isActive: boolean }) {
  return (
    <div aria-hidden className="absolute inset-x-0 top-0 z-sticky h-0.5 overflow-hidden">
      {isActive && <div className="progress h-full w-1/3 bg-accent" />}
    </div>
  );
}

export interface EmptyStateProps {
  title: string;
  children?: ReactNode;
  icon?: ReactNode;
  /** It is the whole page, and its title the page's. */
  isPage?: boolean;
}

export function EmptyState({ title, children, icon, isPage = false }: EmptyStateProps) {
  const Box = isPage ? "main" : "div";
  const Title = isPage ? "h1" : "h2";
  return (
    <Box className="mx-auto flex max-w-160 flex-col items-center gap-2 px-6 py-12 text-center">
      {icon !== undefined && <div className="text-text-3">{icon}</div>}
      <Title className="text-14 font-semibold">{title}</Title>
      {children}
    </Box>
  );
}

/** What went wrong, in place, with the way on. */
export function ErrorState({
  error,
  onRetry,
  children,
}: {
  error: unknown;
  onRetry?: () => void;
  children?: ReactNode;
}) {
  const { title, text } = describe(error);
  const details = detailsOf(error);
  return (
    <div role="alert" className="mx-auto flex max-w-160 flex-col items-center gap-2 px-6 py-12 text-center">
      <CircleAlert className="size-5 text-danger" strokeWidth={1.75} aria-hidden />
      <h2 className="text-14 font-semibold">{title}</h2>
      <p className="text-text-2">{text}</p>
      {children}
      <div className="mt-2 flex gap-2">
        {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
        <Button kind="quiet" onClick={() => void copyText(details, "Details copied")}>
          Copy details
        </Button>
      </div>
      {error instanceof ApiError && error.requestId !== null && (
        <p className="font-mono text-11 text-text-3">request {error.requestId}</p>
      )}
    </div>
  );
}

/** What was read stays; the rest could not be read, and is asked for again only when somebody says so. */
export function RestMissing({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <p
      role="alert"
      data-testid="rest-missing"
      className="flex min-h-8 shrink-0 flex-wrap items-center gap-x-2 border-t border-line bg-panel px-3 py-1 text-12"
    >
      <CircleAlert className="size-4 text-danger" strokeWidth={1.75} aria-hidden />
      The rest could not be read: {describe(error).text}
      <Button kind="quiet" onClick={onRetry}>
        Try again
      </Button>
    </p>
  );
}

function describe(error: unknown): { title: string; text: string } {
  if (!(error instanceof ApiError))
    return { title: "This part of the page failed", text: error instanceof Error ? error.message : String(error) };
  if (error.status === 0) return { title: "No connection", text: error.message };
  if (error.status === 403) return { title: "You may not see this", text: error.message };
  if (error.status === 404) return { title: "Not found", text: error.message };
  if (error.status === 422) return { title: "Too much to look through", text: error.message };
  if (error.status === 429) return { title: "Too many requests", text: error.message };
  return { title: error.status >= 500 ? "The server failed" : "The server refused this", text: error.message };
}

function detailsOf(error: unknown): string {
  const lines = [`time: ${new Date().toISOString()}`, `page: ${window.location.pathname}`];
  if (error instanceof ApiError)
    lines.push(`status: ${error.status}`, `error: ${error.code}`, `request: ${error.requestId ?? "none"}`);
  return [...lines, `message: ${error instanceof Error ? error.message : String(error)}`].join("\n");
}
