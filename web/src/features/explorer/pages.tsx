/** The lists of a project. */
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";

import { useGo, useUrlState } from "@/app/url";
import { href } from "@/lib/href";

import { ExplorerPage } from "./ExplorerPage";
import { OBSERVATIONS } from "./observations";
import { SCORES } from "./scores";
import { SESSIONS } from "./sessions";
import { TRACES } from "./traces";
import { USERS } from "./users";

export function TracesPage() {
  return <ExplorerPage look={TRACES} />;
}

export function ObservationsPage() {
  return <ExplorerPage look={OBSERVATIONS} />;
}

export function SessionsPage() {
  return <ExplorerPage look={SESSIONS} />;
}

export function UsersPage() {
  return <ExplorerPage look={USERS} />;
}

export function ScoresPage() {
  return <ExplorerPage look={SCORES} />;
}

/** `P/generations`: where older links lead. */
export function OldGenerationsPage() {
  const { projectId = "" } = useParams({ strict: false });
  const { search } = useUrlState();
  const go = useGo();
  useEffect(
    () => go(href.list({ projectId, level: "observations", search }), { replace: true }),
    [go, projectId, search],
  );
  return null;
}
