import { cleanup, render, renderHook } from "@testing-library/react";
import { StrictMode, useEffect } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Card, RecommendResponse } from "../../lib/api";
import { turn } from "../../lib/testing";
import { useDwell } from "./useDwell";

const log = vi.hoisted(() => vi.fn());
vi.mock("../../lib/queue", () => ({ log }));

const reason = { code: "popular", params: { category: "Tents" } };
const card: Card = { card_id: "c1", reason, source: "popular", products: [] };
const response: RecommendResponse = {
  release: "r1",
  variant: "a/b",
  cards: [card],
  empty: null,
  personalised: true,
};

/** A card in the feed, whose slot becomes the current one and stops being it. */
function mounted(current: boolean) {
  const { rerender, unmount } = renderHook(
    (now: boolean) => {
      useDwell(now, response, card);
    },
    { initialProps: current },
  );
  return { become: rerender, unmount };
}

const pass = (milliseconds: number) => vi.advanceTimersByTime(milliseconds);
const dwells = () => log.mock.calls.map(([event]: { dwell_ms: number }[]) => event?.dwell_ms);

beforeEach(() => {
  vi.useFakeTimers();
  log.mockClear();
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test("a card that was left says what it was there for and how long it was looked at", () => {
  const { become } = mounted(false);
  pass(9000);
  become(true);
  pass(1234.4);
  become(false);
  pass(9000);
  const offered = { card_id: "c1", release: "r1", variant: "a/b", reason };
  expect(log.mock.calls).toEqual([[{ type: "view_card", ...offered, dwell_ms: 1234 }]]);
});

test("each return to a card is a look of its own", () => {
  const { become } = mounted(true);
  pass(1000);
  become(false);
  pass(500);
  become(true);
  pass(2000);
  become(false);
  expect(dwells()).toEqual([1000, 2000]);
});

test("a card that goes away while it is looked at was left", () => {
  const { unmount } = mounted(true);
  pass(700);
  unmount();
  expect(dwells()).toEqual([700]);
});

test("a card that was never the current one was not looked at", () => {
  const { unmount } = mounted(false);
  pass(700);
  turn("hidden");
  unmount();
  expect(dwells()).toEqual([]);
});

test("time in which the page is hidden does not count, and the look goes on after it", () => {
  const { become } = mounted(true);
  pass(1000);
  turn("hidden");
  expect(dwells()).toEqual([1000]);
  pass(60_000);
  turn("visible");
  pass(2000);
  become(false);
  expect(dwells()).toEqual([1000, 3000]);
});

test("a page that is hidden and then left is logged once", () => {
  const { unmount } = mounted(true);
  pass(1000);
  turn("hidden");
  window.dispatchEvent(new Event("pagehide"));
  unmount();
  expect(dwells()).toEqual([1000]);
});

test("a page that is left without being hidden first is logged too", () => {
  mounted(true);
  pass(1000);
  window.dispatchEvent(new Event("pagehide"));
  expect(dwells()).toEqual([1000]);
});

test("a card that becomes the current one of a hidden page waits for it to be shown", () => {
  turn("hidden");
  const { become } = mounted(true);
  pass(5000);
  turn("visible");
  pass(400);
  become(false);
  expect(dwells()).toEqual([400]);
});

test("the longest look is an hour", () => {
  const { become } = mounted(true);
  pass(5_000_000);
  become(false);
  expect(dwells()).toEqual([3_600_000]);
});

test("the look is logged before the next slot does anything, and before the queue leaves", () => {
  const order: string[] = [];
  log.mockImplementation(() => order.push("view_card"));
  const leave = () => order.push("leave");
  document.addEventListener("visibilitychange", leave);
  const Looked = ({ current }: { current: boolean }) => {
    useDwell(current, response, card);
    return null;
  };
  const Next = () => {
    useEffect(() => void order.push("next"), []);
    return null;
  };

  const { rerender } = render(<Looked current />);
  pass(100);
  turn("hidden");
  turn("visible");
  pass(100);
  rerender(
    <>
      <Next />
      <Looked current={false} />
    </>,
  );
  document.removeEventListener("visibilitychange", leave);
  log.mockReset();
  expect(order).toEqual(["view_card", "leave", "leave", "view_card", "next"]);
});

test("mounting twice in strict mode is no look", () => {
  render(<Strict />);
  expect(dwells()).toEqual([]);
});

function Strict() {
  return (
    <StrictMode>
      <Current />
    </StrictMode>
  );
}

function Current() {
  useDwell(true, response, card);
  return null;
}
