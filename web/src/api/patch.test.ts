import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";

import { patchShown } from "./patch";

const KEY = ["trace", "t"];

/** A client whose answers are given one by one, and what is shown. */
function asking() {
  const answers: ((value: { isPublic: boolean }) => void)[] = [];
  const queries = new QueryClient();
  const observer = new QueryObserver(queries, {
    queryKey: KEY,
    queryFn: () => new Promise<{ isPublic: boolean }>((resolve) => answers.push(resolve)),
  });
  observer.subscribe(() => undefined);
  const answer = async (isPublic: boolean) => {
    answers.shift()?.({ isPublic });
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return { queries, observer, answers, answer };
}

test("an answer that was on its way does not undo a change", async () => {
  const { queries, observer, answers, answer } = asking();
  await answer(true);
  void observer.refetch();
  await vi.waitFor(() => expect(answers).toHaveLength(1));
  patchShown<{ isPublic: boolean }>(queries, KEY, (shown) => ({ ...shown, isPublic: false }));
  await answer(true);
  expect(queries.getQueryData(KEY)).toEqual({ isPublic: false });
  await vi.waitFor(() => expect(answers).toHaveLength(1));
  await answer(false);
  expect(queries.getQueryData(KEY)).toEqual({ isPublic: false });
});

test("what nobody asks for meanwhile is changed, and not asked for", async () => {
  const { queries, answers, answer } = asking();
  await answer(true);
  patchShown<{ isPublic: boolean }>(queries, KEY, (shown) => ({ ...shown, isPublic: false }));
  expect(queries.getQueryData(KEY)).toEqual({ isPublic: false });
  expect(answers).toHaveLength(0);
});

test("what is not there is not made up", () => {
  const queries = new QueryClient();
  patchShown<{ isPublic: boolean }>(queries, KEY, (shown) => shown);
  expect(queries.getQueryData(KEY)).toBeUndefined();
});
