import { Button } from "@/ui/Button";

import { leave } from "./leave";

/** For pages without a bar, and so without the account's menu. */
export function SignOutButton() {
  return (
    <Button kind="quiet" onClick={() => void leave()}>
      Sign out
    </Button>
  );
}
