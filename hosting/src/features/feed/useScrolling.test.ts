import { renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useScrollOn } from "./useScrolling";

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
