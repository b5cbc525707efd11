import { OctagonAlert, TriangleAlert } from "lucide-react";

import { Chip } from "./Chip";

/** The level of an observation: nothing when it is the usual one, the literal word when nobody foresaw it. */
export function LevelBadge({ level }: { level: string | null }) {
  if (level === null || level === "DEFAULT") return null;
  if (level === "ERROR") {
    return (
      <Chip tone="danger">
        <OctagonAlert aria-hidden className="mr-1 inline size-3 align-[-2px]" strokeWidth={2} />
        Error
      </Chip>
    );
  }
  if (level === "WARNING") {
    return (
      <Chip tone="warn">
        <TriangleAlert aria-hidden className="mr-1 inline size-3 align-[-2px]" strokeWidth={2} />
        Warning
      </Chip>
    );
  }
  return <Chip>{level === "DEBUG" ? "Debug" : level}</Chip>;
}
