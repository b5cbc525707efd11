import { classes } from "@/ui/classes";
import { Link } from "@/ui/Link";

import { RightButton } from "../RightButton";

/** A link that looks like a button; for whoever may not, a button that says why. */
export function LinkButton({
  to,
  label,
  isAllowed,
  why,
  isSmall = false,
}: {
  to: string;
  label: string;
  isAllowed: boolean;
  why: string;
  isSmall?: boolean;
}) {
  if (!isAllowed)
    return (
      <RightButton isAllowed={false} why={why} size={isSmall ? "small" : "large"}>
        {label}
      </RightButton>
    );
  return (
    <Link
      to={to}
      className={classes(
        "inline-flex items-center justify-center rounded-sm whitespace-nowrap",
        isSmall
          ? "h-6 border border-line px-1.5 text-12 hover:bg-hover"
          : "h-8 bg-accent px-3 font-medium text-on-accent hover:opacity-90",
      )}
    >
      {label}
    </Link>
  );
}
