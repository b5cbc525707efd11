import { Command } from "lucide-react";

import { IconButton } from "@/ui/Button";

import { openPalette } from "./PaletteHost";

/** Opens the palette. */
export function FindButton() {
  return (
    <IconButton
      className="hidden sm:inline-flex"
      label="Find anything"
      keys="mod+k"
      icon={<Command className="size-4" strokeWidth={1.75} />}
      onClick={openPalette}
    />
  );
}
