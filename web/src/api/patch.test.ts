import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";

import { patchAwaited, patchKnown, withAwaited } from "./patch";

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
  patchKnown<{ isPublic: boolean }>(queries, KEY, (shown) => ({ ...shown, isPublic: false }));
  await answer(true);
  expect(queries.getQueryData(KEY)).toEqual({ isPublic: false });
  await vi.waitFor(() => expect(answers).toHaveLength(1));
  await answer(false);
  expect(queries.getQueryData(KEY)).toEqual({ isPublic: false });
});

test("what nobody asks for meanwhile is changed, and not asked for", async () => {
  const { queries, answers, answer } = asking();
  await answer(true);
  patchKnown<{ isPublic: boolean }>(queries, KEY, (shown) => ({ ...shown, isPublic: false }));
  expect(queries.getQueryData(KEY)).toEqual({ isPublic: false });
  expect(answers).toHaveLength(0);
});

test("what is not there is not made up", () => {
  const queries = new QueryClient();
  patchKnown<{ isPublic: boolean }>(queries, KEY, (shown) => shown);
  expect(queries.getQueryData(KEY)).toBeUndefined();
});

type Marks = readonly string[];
const marked = (mark: string) => (shown: Marks) => [...shown.filter((one) => one !== mark), mark];

test("an answer gets the changes that the server has not confirmed, in their order", () => {
  const queries = new QueryClient();
  queries.setQueryData<Marks>(KEY, ["a"]);
  const forget = patchAwaited<Marks>(queries, KEY, marked("b"));
  const forgetLater = patchAwaited<Marks>(queries, KEY, marked("c"));
  expect(queries.getQueryData(KEY)).toEqual(["a", "b", "c"]);
  expect(withAwaited<Marks>(KEY, ["a", "z"])).toEqual(["a", "z", "b", "c"]);
  expect(withAwaited<Marks>(["trace", "other"], ["a"])).toEqual(["a"]);
  forget();
  expect(withAwaited<Marks>(KEY, ["a", "b"])).toEqual(["a", "b", "c"]);
  forgetLater();
  forgetLater();
  expect(withAwaited<Marks>(KEY, ["a"])).toEqual(["a"]);
});

test("what the server knows goes below what it does not know yet", () => {
  const queries = new QueryClient();
  queries.setQueryData(KEY, { value: 0 });
  const forget = patchAwaited<{ value: number }>(queries, KEY, () => ({ value: 2 }));
  patchKnown<{ value: number }>(queries, KEY, () => ({ value: 1 }));
  expect(queries.getQueryData(KEY)).toEqual({ value: 2 });
  forget();
  patchKnown<{ value: number }>(queries, KEY, () => ({ value: 2 }));
  expect(queries.getQueryData(KEY)).toEqual({ value: 2 });
});
