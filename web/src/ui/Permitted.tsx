/** What somebody may do here: the role of whoever looks at the page, and buttons that say why they do nothing. */
import { cloneElement, createContext, type ReactElement, type ReactNode, useContext } from "react";

import { denialOf, reaches, type Role } from "@/models/roles";

import { Tooltip } from "./Tooltip";

const RoleContext = createContext<Role>("viewer");

/** Says the role to all that stands in it. */
export function RoleProvider({ own, children }: { own: Role; children: ReactNode }) {
  return <RoleContext value={own}>{children}</RoleContext>;
}

/** The role of whoever looks at this project. */
export const useRole = (): Role => useContext(RoleContext);

/** Why this person may not do what needs a role; null when they may. */
export const useDenial = (required: Role): string | null => denialOf(useRole(), required);

interface Acting {
  "aria-disabled"?: boolean;
  onClick?: (() => void) | undefined;
  title?: string | undefined;
  type?: "button" | "submit" | "reset" | undefined;
}

/** A button for people of a role. For others it stays, does nothing and says why; what destroys is not there at all. */
export function Permitted({
  needs,
  isDestructive = false,
  children,
}: {
  needs: Role;
  isDestructive?: boolean;
  children: ReactElement<Acting>;
}) {
  const own = useRole();
  const denial = denialOf(own, needs);
  if (denial === null) return children;
  if (isDestructive && !reaches(own, "member")) return null;
  return (
    <Tooltip label={denial}>
      {cloneElement(children, { "aria-disabled": true, onClick: undefined, type: "button" })}
    </Tooltip>
  );
}
