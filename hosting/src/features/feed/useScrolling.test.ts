import { renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useOneOn, useScrollOn } from "./useScrolling";

const HEIGHT = 800;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A feed that is where it is put, wherever it was sent. */
function feed(place: number) {
  const root = document.createElement("div");
  Object.defineProperty(root, "clientHeight", { value: HEIGHT });
  const scrollTo = vi.fn();
  root.scrollTo = scrollTo;
  const { result } = renderHook(() => useScrollOn({ current: root }));
  const move = (place: number) => {
    root.scrollTop = place * HEIGHT;
    vi.advanceTimersByTime(100);
    return root.style.getPropertyValue("scroll-snap-type");
  };
  move(place);
  const sent = () => scrollTo.mock.calls.map(([{ top }]) => Number(top) / HEIGHT);
  return { go: result.current, move, sent };
}

test("a key goes on from what fills most of the screen", () => {
  const { go, sent } = feed(0.7);
  go(1);
  go(-1);
  expect(sent()).toEqual([2, 0]);
});

test("nothing snaps on the way, and again at rest", () => {
  const { go, move } = feed(1);
  go(1);
  for (const place of [1, 1.1, 1.5, 1.9, 2]) expect(move(place)).toBe("none");
  expect(move(2)).toBe("");
});

test("of two keys the later is waited for", () => {
  const { go, move } = feed(1);
  go(1);
  move(1.1);
  go(1);
  expect(move(1.1)).toBe("none");
  expect(move(1.4)).toBe("none");
  expect(move(1.4)).toBe("");
});

test("at the end of the feed it snaps again soon", () => {
  const { go, move } = feed(1);
  go(1);
  move(1);
  expect(move(1)).toBe("");
});

/** A feed that a finger has swiped from this place, and lifted; where it then comes past. */
function swiped(from: number) {
  const root = document.createElement("div");
  Object.defineProperty(root, "clientHeight", { value: HEIGHT });
  root.scrollTo = (({ top }: ScrollToOptions) => {
    root.scrollTop = top ?? NaN;
  }) as typeof root.scrollTo;
  const { result } = renderHook(() => useOneOn({ current: root }));
  const { onTouchStart, onTouchEnd, onScroll } = result.current;
  const pass = (place: number) => {
    root.scrollTop = place * HEIGHT;
    onScroll();
    return root.scrollTop / HEIGHT;
  };
  pass(from);
  onTouchStart();
  onTouchEnd();
  return { root, onTouchStart, pass };
}

test.each([
  [3, [3.4, 3.9, 4, 4.2], 4],
  [3, [2.6, 2.1, 1.7], 2],
  [2.8, [3.4, 4.3], 4],
])("a swipe from %d past %j ends at %d", (from, way, last) => {
  const { root, pass } = swiped(from);
  const beyond = way.at(-1) ?? NaN;
  for (const place of way.slice(0, -1)) {
    expect(pass(place)).toBeCloseTo(place);
    expect(root.style.overflowY).toBe("");
  }
  expect(pass(beyond)).toBe(last);
  // The browser's own movement goes nowhere until it is over, or a finger is there again.
  expect(root.style.overflowY).toBe("hidden");
  vi.advanceTimersByTime(1000);
  expect(root.style.overflowY).toBe("");
});

test("the next swipe goes on from where a hard one was stopped", () => {
  const { root, onTouchStart, pass } = swiped(0);
  expect(pass(1.2)).toBe(1);
  onTouchStart();
  expect(root.style.overflowY).toBe("");
  expect(pass(1.7)).toBe(1.7);
  expect(pass(2.5)).toBe(2);
});

test("a part of a pixel is not past it, and what is no swipe may go further", () => {
  const { pass } = swiped(1);
  expect(pass(2.0005)).toBe(2.0005);
  vi.advanceTimersByTime(1000);
  expect(pass(4)).toBe(4);
});
