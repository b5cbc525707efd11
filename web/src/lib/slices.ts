const SLICE_MS = 12;

/** Runs steps to their end in slices of a few milliseconds, so that the page stays responsive; rejects once it is aborted. */
export async function inSlices<Value>(steps: Generator<void, Value>, signal: AbortSignal): Promise<Value> {
  for (;;) {
    const until = performance.now() + SLICE_MS;
    while (performance.now() < until) {
      const { done, value } = steps.next();
      if (done === true) return value;
    }
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
  }
}
