import { describe, expect, it } from "vitest";

import { denialOf, reaches, roleOf, ROLES } from "./roles";

describe("roles", () => {
  it("are in rising order of rights", () => {
    for (const [at, role] of ROLES.entries())
      for (const [other, required] of ROLES.entries()) expect(reaches(role, required)).toBe(at >= other);
  });

  it("that are not known have no rights", () => {
    expect(roleOf("admin")).toBe("admin");
    expect(roleOf("emperor")).toBe("none");
  });

  it("say why something is out of reach", () => {
    expect(denialOf("member", "member")).toBeNull();
    expect(denialOf("viewer", "member")).toContain("needs the role member");
    expect(denialOf("visitor", "member")).toContain("sign in");
  });
});
