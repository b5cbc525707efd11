/** What somebody may do in a project. A visitor is no member: they read what is public. */
export const ROLES = ["visitor", "none", "viewer", "member", "admin", "owner"] as const;
export type Role = (typeof ROLES)[number];

/** Has a role at least the rights of another? */
export const reaches = (role: Role, required: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(required);

/** The role of a name that the server says; one that is not known has no rights. */
export const roleOf = (name: string): Role => ROLES.find((role) => role === name) ?? "none";

/** Why something is out of reach; null when it is not. */
export function denialOf(role: Role, required: Role): string | null {
  if (reaches(role, required)) return null;
  if (role === "visitor") return "This is for members of the project: sign in first";
  return `This needs the role ${required}; yours here is ${role}. An owner or admin can change it.`;
}
