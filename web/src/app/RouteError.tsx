import type { ErrorComponentProps } from "@tanstack/react-router";

import { ErrorState } from "@/ui/states";

/** A page that failed, in its place; the rest of the app goes on. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  return <ErrorState error={error} onRetry={reset} />;
}
