/** What of a session is on screen, from the URL: the selected turn, what stands for a turn, whether comments are open. */
import { useMemo } from "react";

import { useUrlState } from "@/app/url";
import { setPreferences, usePreferences } from "@/lib/preferences";
import { oneOf } from "@/lib/search";

/** What a turn shows: the texts of its trace, or those of one of its model calls. */
export const TURN_TEXTS = ["trace", "first", "last"] as const;
export type TurnText = (typeof TURN_TEXTS)[number];

export interface SessionState {
  turnId: string | null;
  text: TurnText;
  hasComments: boolean;
  select: (turnId: string) => void;
  setText: (text: TurnText) => void;
  toggleComments: () => void;
}

export function useSessionState(): SessionState {
  const { search, push, replace } = useUrlState();
  const { turnText } = usePreferences();
  const turnId = oneOf(search, "turn") ?? null;
  const told = oneOf(search, "turnText");
  const text = TURN_TEXTS.find((one) => one === told) ?? turnText;
  const hasComments = oneOf(search, "comments") === "open";
  return useMemo(
    () => ({
      turnId,
      text,
      hasComments,
      select: (id) => replace({ turn: id }),
      setText: (next) => {
        setPreferences({ turnText: next });
        push({ turnText: next === "trace" ? undefined : next });
      },
      toggleComments: () =>
        push({ comments: hasComments ? undefined : "open", commentObjectType: undefined, commentObjectId: undefined }),
    }),
    [turnId, text, hasComments, push, replace],
  );
}
