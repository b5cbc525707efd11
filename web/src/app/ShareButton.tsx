import { Share2 } from "lucide-react";
import { useMemo } from "react";

import type { Shortcut } from "@/lib/shortcuts";
import { IconButton } from "@/ui/Button";
import { copyText } from "@/ui/copyText";

import { useShortcuts } from "./useShortcuts";

function copyLink(): void {
  void copyText(window.location.href, "Link copied");
}

/** Copies the address, which is the whole view. */
export function ShareButton() {
  const keys = useMemo<Shortcut[]>(() => [{ keys: "y", label: "Copy link to this view", run: copyLink }], []);
  useShortcuts("page", keys);
  return (
    <IconButton
      className="hidden sm:inline-flex"
      label="Copy link"
      keys="y"
      icon={<Share2 className="size-4" strokeWidth={1.75} />}
      onClick={copyLink}
    />
  );
}
