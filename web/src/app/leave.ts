import { signOut } from "@/api/session";
import { href, withBase } from "@/lib/href";
import { mayLeave } from "@/lib/leaving";
import { forgetRecents } from "@/lib/recents";
import { toast } from "@/ui/toasts";

/** Sign out, and leave nothing behind for the next person at this browser; where it fails, one stays and is told. */
export async function leave(): Promise<void> {
  if (!(await mayLeave())) return;
  try {
    await signOut();
  } catch (error) {
    toast(`You are still signed in. ${error instanceof Error ? error.message : ""}`.trim(), "error");
    return;
  }
  forgetRecents();
  window.location.assign(withBase(href.signIn({})));
}
