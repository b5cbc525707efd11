import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useRef } from "react";

import type { Turn } from "@/api/sessions";

import { TurnBlock } from "./TurnBlock";
import type { TurnText } from "./useSessionState";

const LIKELY_PX = 200;

export interface ConversationProps {
  projectId: string;
  turns: readonly Turn[];
  pauses: readonly (number | null)[];
  text: TurnText;
  /** Place of the selected turn; −1 for none. */
  selected: number;
  /** Grows with each choice, so that choosing the same turn again goes back to it. */
  wish: number;
  /** The place that is read, kept for the keys. */
  place: RefObject<number>;
}

/** All turns as one conversation. Only what is near exists; heights are measured, and what is read stays where it is. */
export function Conversation({ projectId, turns, pauses, text, selected, wish, place }: ConversationProps) {
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: turns.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => LIKELY_PX,
    getItemKey: (at) => turns[at]?.id ?? at,
    overscan: 4,
    gap: 12,
    paddingStart: 12,
    paddingEnd: 48,
    scrollPaddingStart: 12,
  });
  // Until somebody scrolls, the chosen turn stays in its place while the texts around it arrive and grow.
  const isHeld = useRef(false);
  const size = virtual.getTotalSize();
  useEffect(() => {
    isHeld.current = selected >= 0;
  }, [selected, wish]);
  useEffect(() => {
    if (isHeld.current) virtual.scrollToIndex(selected, { align: "start" });
  }, [selected, wish, size, virtual]);
  const letGo = () => {
    isHeld.current = false;
  };
  const items = virtual.getVirtualItems();
  const top = virtual.scrollOffset ?? 0;
  useEffect(() => {
    const reading = items.find(({ end }) => end > top + LIKELY_PX / 4);
    const isInSight = items.some(({ index, start, end }) => {
      const height = virtual.scrollRect?.height ?? 0;
      return index === selected && end > top && start < top + height;
    });
    place.current = isInSight ? selected : (reading?.index ?? -1);
  });
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- it only hears that somebody scrolls
    <section
      ref={scroll}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reachable by the keyboard
      tabIndex={0}
      aria-label="Conversation"
      onWheel={letGo}
      onTouchMove={letGo}
      onPointerDown={letGo}
      onKeyDown={letGo}
      className="min-h-0 min-w-0 grow overflow-y-auto bg-panel/40"
      data-testid="conversation"
    >
      <div style={{ height: size }} className="relative mx-auto max-w-240">
        {items.map(({ index, key, start }) => {
          const turn = turns[index];
          return (
            turn !== undefined && (
              <div
                key={key}
                data-index={index}
                ref={virtual.measureElement}
                className="absolute inset-x-0 top-0 px-3"
                style={{ transform: `translateY(${start}px)` }}
              >
                <TurnBlock
                  projectId={projectId}
                  turn={turn}
                  number={index + 1}
                  pauseUs={pauses[index] ?? null}
                  text={text}
                  isCurrent={index === selected}
                  isStill={!virtual.isScrolling}
                />
              </div>
            )
          );
        })}
      </div>
    </section>
  );
}
