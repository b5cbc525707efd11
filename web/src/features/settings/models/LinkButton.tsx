import { Button } from "@/ui/Button";
import { classes } from "@/ui/classes";
import { Link } from "@/ui/Link";
import { Permitted, useDenial } from "@/ui/Permitted";

/** A link that looks like a button, for admins; for others a button that says why it leads nowhere. */
export function LinkButton({ to, label, isSmall = false }: { to: string; label: string; isSmall?: boolean }) {
  const denial = useDenial("admin");
  if (denial !== null)
    return (
      <Permitted needs="admin">
        <Button size={isSmall ? "small" : "large"}>{label}</Button>
      </Permitted>
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
