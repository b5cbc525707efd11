import { useCallback, useRef } from "react";

/** What a button or a form does, once at a time: a second click while the first is at work does nothing. */
export function useAlone(): (run: () => Promise<void>) => Promise<void> {
  const isRunning = useRef(false);
  return useCallback(async (run) => {
    if (isRunning.current) return;
    isRunning.current = true;
    try {
      await run();
    } finally {
      isRunning.current = false;
    }
  }, []);
}
