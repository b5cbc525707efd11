import { useEffect } from "react";

import { useSession } from "@/api/session";
import { useGo } from "@/app/url";
import { href } from "@/lib/href";
import { preferences } from "@/lib/preferences";

/** `/project/~/…`: the same page of the project that was open last. Links in documentation are made so. */
export function LastProjectPage() {
  const { projects } = useSession();
  const go = useGo();
  const last = projects.find(({ id }) => id === preferences().lastProject) ?? projects[0];
  useEffect(() => {
    if (last === undefined) go(href.root(), { replace: true });
    else go(href.inProject({ projectId: last.id, rest: window.location }), { replace: true });
  }, [go, last]);
  return null;
}
