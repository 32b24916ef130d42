import { expect, test } from "vitest";
import type { FeedClip } from "../../lib/api";
import { type Slot, roundOf, showOthers, startingWith, withCardNext } from "./slots";

const clips = Array.from({ length: 7 }, (_, place) => ({ clip_id: `c${place}` }) as FeedClip);
const kinds = (slots: Slot[]) => slots.map(({ kind }) => kind[1]).join("");

test("a card stands after every fourth clip", () => {
  expect(kinds(roundOf(clips, "a"))).toBe("llllalll");
});

test("keys differ from round to round", () => {
  const keys = [...roundOf(clips, "a"), ...roundOf(clips, "b")].map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
});

test("after a signal the next slot is a card, and nothing above it moves", () => {
  const before = roundOf(clips, "a");
  const after = withCardNext(before, 1, "new");
  expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
  expect(after[2]).toEqual({ key: "new", kind: "card" });
  // The card that was due soon has come earlier; there are not two in a row.
  expect(kinds(after)).toBe("llalllll");
});

test("a card that is next, or is being seen, is enough", () => {
  const slots = roundOf(clips, "a");
  expect(withCardNext(slots, 3, "new")).toBe(slots);
  expect(withCardNext(slots, 4, "new")).toBe(slots);
});

test("slots show others once one of their clips is not among those asked about", () => {
  const slots = roundOf(clips, "a");
  expect(showOthers(slots, clips)).toBe(false);
  expect(showOthers(slots, clips.slice(1))).toBe(true);
});

test("the feed starts with the clip that was asked for", () => {
  expect(startingWith(clips, "c5").map((c) => c.clip_id)).toEqual([
    "c5",
    "c6",
    "c0",
    "c1",
    "c2",
    "c3",
    "c4",
  ]);
  expect(startingWith(clips, "gone")).toBe(clips);
});
