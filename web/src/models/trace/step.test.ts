import fc from "fast-check";
import { expect, it } from "vitest";
import { anySkeleton, skeletonOf } from "./arbitrary";
import { stepOf } from "./step";

it("knows of each step what its columns say", () => {
  fc.assert(
    fc.property(anySkeleton, (skeleton) => {
      for (const id of skeleton.id) {
        const at = skeleton.id.lastIndexOf(id);
        const step = stepOf(skeleton, id);
        expect(step).toMatchObject({ id, type: skeleton.type[at], startTimeUs: skeleton.startTimeUs[at] });
        expect(step?.name).toBe(skeleton.name[at]);
        expect(step?.cost).toBe(skeleton.cost[at]);
        const end = skeleton.endTimeUs[at] ?? null;
        expect(step?.latencyUs).toBe(end === null ? null : end - (skeleton.startTimeUs[at] as number));
      }
    }),
  );
});

it("knows nothing of an id that is not there", () => {
  expect(stepOf(skeletonOf({ id: "r" }), "other")).toBeUndefined();
});

it("takes the last of several of one id", () => {
  const skeleton = skeletonOf({ id: "r", name: "first" }, { id: "r", name: "last" });
  expect(stepOf(skeleton, "r")?.name).toBe("last");
});
