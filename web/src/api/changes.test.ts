// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { watchChanges } from "./changes";

/** The browser's own, as far as it is used: what the server and the line do is said by the test. */
class Line extends EventTarget {
  static readonly CLOSED = 2;
  static opened: Line[] = [];
  readyState = 0;

  constructor(readonly url: string) {
    super();
    Line.opened.push(this);
  }

  close(): void {
    this.readyState = Line.CLOSED;
  }

  connect(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  lose(isFinal: boolean): void {
    this.readyState = isFinal ? Line.CLOSED : 0;
    this.dispatchEvent(new Event("error"));
  }

  tell(...traceIds: string[]): void {
    this.dispatchEvent(new MessageEvent("change", { data: JSON.stringify({ traceIds }) }));
  }
}

const told = vi.fn<(ids: readonly string[]) => void>();
const last = () => Line.opened.at(-1) as Line;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Line);
  Line.opened = [];
  told.mockReset();
  stop = watchChanges("p", told);
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("ids are told as they come, and the first connection has missed nothing", () => {
  last().connect();
  last().tell("a", "b");
  expect(told.mock.calls).toEqual([[["a", "b"]]]);
});

test("after the browser connected anew one asks for what was missed", () => {
  last().connect();
  last().lose(false);
  expect(Line.opened).toHaveLength(1);
  last().connect();
  expect(told.mock.calls).toEqual([[[]]]);
});

test("a line that the server closed for good is opened again after a pause, as often as it takes", () => {
  last().connect();
  last().lose(true);
  expect(Line.opened).toHaveLength(1);
  vi.advanceTimersByTime(10_000);
  last().lose(true);
  vi.advanceTimersByTime(10_000);
  expect(Line.opened).toHaveLength(3);
  expect(told).not.toHaveBeenCalled();
  last().connect();
  last().tell("a");
  expect(told.mock.calls).toEqual([[[]], [["a"]]]);
});

test("whoever stopped hears no more and opens nothing", () => {
  last().lose(true);
  stop();
  vi.advanceTimersByTime(60_000);
  expect(Line.opened).toHaveLength(1);
});
