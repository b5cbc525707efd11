import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { Crumb } from "@/app/TopBar";
import { useUrlState } from "@/app/url";
import { href } from "@/lib/href";
import { oneOf } from "@/lib/search";
import { writeValue } from "@/models/query/terms";

import { ExplorerPage } from "../explorer/ExplorerPage";
import { SCORES } from "../explorer/scores";
import { SESSIONS } from "../explorer/sessions";
import { TRACES } from "../explorer/traces";
import type { View } from "../explorer/view";
import { CostsPage } from "./CostsPage";
import { UserHead } from "./UserHead";
import { USER_TABS, type UserTab, UserTabs } from "./UserTabs";

/** `P/users/{userId}`. An id that is no path segment comes as `?id=`. */
export function UserPage() {
  const { projectId = "", userId = "" } = useParams({ strict: false });
  const { search } = useUrlState();
  const id = userId === "-" ? (oneOf(search, "id") ?? userId) : userId;
  const tab = USER_TABS.find((one) => one === oneOf(search, "tab")) ?? "traces";
  return <User key={`${id} ${tab}`} projectId={projectId} userId={id} tab={tab} />;
}

function User({ projectId, userId, tab }: { projectId: string; userId: string; tab: UserTab }) {
  const { search } = useUrlState();
  const kept = { dateRange: search["dateRange"], env: search["env"] };
  const crumbs: readonly Crumb[] = [
    { label: "Users", to: href.list({ projectId, level: "users" }) },
    {
      label: (
        <span title={userId} dir="auto">
          {userId}
        </span>
      ),
    },
  ];
  const above = (view: View): ReactNode => (
    <>
      <UserHead userId={userId} view={view} />
      <UserTabs projectId={projectId} userId={userId} tab={tab} kept={kept} />
    </>
  );
  const shared = { fixed: `user:${writeValue(userId)}`, crumbs, pageTitle: `User ${userId}`, above };
  switch (tab) {
    case "traces":
      return <ExplorerPage look={TRACES} {...shared} />;
    case "sessions":
      return <ExplorerPage look={SESSIONS} {...shared} />;
    case "scores":
      return <ExplorerPage look={SCORES} {...shared} />;
    case "costs":
      return <CostsPage userId={userId} {...shared} />;
  }
}
