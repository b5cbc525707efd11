import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";

import { useGo } from "@/app/url";
import { href } from "@/lib/href";

/** Until there are dashboards, a project's home is its list of traces. */
export function HomePage() {
  const { projectId = "" } = useParams({ strict: false });
  const go = useGo();
  useEffect(() => go(href.list({ projectId, level: "traces" }), { replace: true }), [go, projectId]);
  return null;
}
