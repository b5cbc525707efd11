import { useState } from "react";

import { usePreferences } from "@/lib/preferences";
import { type Zone, zoneName } from "@/lib/times";

/** `UTC+2`: how far a clock is ahead now; the person's own unless another is named. */
export function useZoneName(of?: Zone): string {
  const { zone } = usePreferences();
  const [nowUs] = useState(() => Date.now() * 1000);
  return zoneName(nowUs, of ?? zone);
}

/** Beside the name of what shows moments. */
export function ZoneName() {
  return <span className="font-normal text-text-3">{useZoneName()}</span>;
}
