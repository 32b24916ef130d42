import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Card, RecommendResponse } from "./api";
import { forgetCards, keepCard, standIn } from "./last-cards";

const HOUR_MS = 3_600_000;

function aCard(card_id: string): RecommendResponse {
  return {
    release: "r1",
    variant: "default",
    cards: [{ card_id } as Card],
    empty: null,
    personalised: true,
  };
}

const kept = (...ids: string[]) => {
  ids.map(aCard).forEach(keepCard);
};
const online = (is: boolean) => vi.spyOn(navigator, "onLine", "get").mockReturnValue(is);

/** The ids of those that stand in, slot by slot. */
function inTurn(slots: number): (string | undefined)[] {
  const shown: RecommendResponse[] = [];
  for (let slot = 0; slot < slots; slot += 1) shown.push(standIn(shown) ?? aCard("none"));
  return shown.map(({ cards }) => cards[0]?.card_id);
}

beforeEach(() => {
  vi.useFakeTimers();
  forgetCards();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test("five are kept, and stand in one after the other, the newest first", () => {
  kept("a", "b", "c", "d", "e", "f");
  expect(inTurn(5)).toEqual(["f", "e", "d", "c", "b"]);
  expect(new Set(inTurn(10).slice(5)).size).toBe(5);
});

test("one that came and was shown is not shown again", () => {
  kept("a", "b");
  expect(standIn([aCard("b")])?.cards[0]?.card_id).toBe("a");
});

test("with a connection none stands in that is older than an hour; without one, any does", () => {
  kept("old");
  vi.advanceTimersByTime(HOUR_MS);
  online(true);
  expect(standIn([])).toBeNull();
  kept("new");
  expect(inTurn(2)).toEqual(["new", "new"]);
  online(false);
  expect(inTurn(2)).toEqual(["new", "old"]);
});

test("those that are forgotten stand in no more", () => {
  kept("a");
  forgetCards();
  expect(standIn([])).toBeNull();
});
