/** Works out a large trace beside the page. */
import { buildModel } from "@/models/trace/model";
import type { Skeleton } from "@/models/trace/skeleton";

export interface ModelRequest {
  number: number;
  skeleton: Skeleton;
  nowUs: number | null;
  shiftClocks: boolean;
}

self.addEventListener("message", ({ data }: MessageEvent<ModelRequest>) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has one listener
  self.postMessage({ number: data.number, model: buildModel(data.skeleton, data.nowUs, data.shiftClocks) });
});
