import { expect, it } from "vitest";

import { inSlices } from "./slices";

function* counting(to: number): Generator<void, number> {
  for (let at = 0; at < to; at += 1) yield;
  return to;
}

it("comes to the end of the steps", async () => {
  expect(await inSlices(counting(100_000), new AbortController().signal)).toBe(100_000);
});

it("stops between slices when it is aborted", async () => {
  const stopping = new AbortController();
  const running = inSlices(counting(Number.POSITIVE_INFINITY), stopping.signal);
  stopping.abort();
  await expect(running).rejects.toThrow("aborted");
});
