import type { ErrorComponentProps } from "@tanstack/react-router";

export function RouteError({ error }: ErrorComponentProps) {
  return <p className="p-6 text-danger">{error instanceof Error ? error.message : "Something went wrong."}</p>;
}
