import { renderHook } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { useWheel } from "./useWheel";

/** A feed whose wheel is turned; each turn is told as [after so many milliseconds, by pixels]. */
function wheel(at: Element = document.createElement("p")) {
  const root = document.createElement("div");
  root.append(at);
  const go = vi.fn<(step: number) => void>();
  renderHook(() => {
    useWheel({ current: root }, go, true);
  });
  let now = 1000;
  const turn = (turns: [number, number][], of: WheelEventInit = {}) => {
    let kept = true;
    for (const [ms, deltaY] of turns) {
      now += ms;
      const event = new WheelEvent("wheel", { deltaY, bubbles: true, cancelable: true, ...of });
      Object.defineProperty(event, "timeStamp", { value: now });
      kept = at.dispatchEvent(event);
    }
    // What the feed does not take, the browser scrolls by.
    return kept;
  };
  const steps = () => go.mock.calls.map(([step]) => step);
  return { turn, steps };
}

const notches = (count: number, ms: number): [number, number][] =>
  Array.from({ length: count }, () => [ms, 100]);

test("a notch goes one slot on, and one the other way goes back", () => {
  const { turn, steps } = wheel();
  expect(turn([[0, 100]])).toBe(false);
  turn([[50, -100]]);
  expect(steps()).toEqual([1, -1]);
});

test("a swipe over a trackpad goes one slot on, however long it runs out", () => {
  const { turn, steps } = wheel();
  const running: [number, number][] = Array.from({ length: 120 }, (_, n) => [16, 250 * 0.97 ** n]);
  turn([[0, 4], [16, 60], [16, 180], ...running.slice(0, 50)]);
  // Three of them at once, as a busy browser tells them.
  turn([[48, 150], ...running.slice(53)]);
  expect(steps()).toEqual([1]);
  // The next swipe counts.
  turn([[300, 40]]);
  expect(steps()).toEqual([1, 1]);
});

test("who swipes again before the last one has run out goes on", () => {
  const { turn, steps } = wheel();
  const running: [number, number][] = Array.from({ length: 50 }, (_, n) => [16, 200 * 0.95 ** n]);
  turn([...running, [16, 90]]);
  expect(steps()).toEqual([1, 1]);
});

test("a wheel that is turned on and on goes on slot by slot", () => {
  const { turn, steps } = wheel();
  turn(notches(20, 100));
  expect(steps()).toEqual([1, 1, 1]);
});

test("what zooms, goes sideways or scrolls a sheet is left alone", () => {
  const { turn, steps } = wheel();
  expect(turn([[0, 100]], { ctrlKey: true })).toBe(true);
  expect(turn([[300, 10]], { deltaX: 40 })).toBe(true);
  expect(steps()).toEqual([]);
  const sheet = wheel(document.createElement("dialog"));
  expect(sheet.turn([[0, 100]])).toBe(true);
  expect(sheet.steps()).toEqual([]);
});
