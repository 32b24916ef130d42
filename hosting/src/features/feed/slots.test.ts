import { expect, test } from "vitest";
import type { FeedClip } from "../../lib/api";
import { type Slot, showOthers, startingWith, withCardNext, withRound } from "./slots";

const clips = Array.from({ length: 7 }, (_, place) => ({ clip_id: `c${place}` }) as FeedClip);
const round = withRound([], clips, "a");
const kinds = (slots: Slot[]) => slots.map(({ kind }) => kind[1]).join("");

test("a card stands after every fourth clip", () => {
  expect(kinds(round)).toBe("llllalll");
  // From round to round, too.
  expect(kinds(withRound(round, clips, "b"))).toBe("llllallllallllall");
});

test("keys differ from round to round", () => {
  const keys = withRound(round, clips, "b").map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
});

test("after a signal the next slot is a card, and nothing above it moves", () => {
  const after = withCardNext(round, 1, "new");
  expect(after.slice(0, 2)).toEqual(round.slice(0, 2));
  expect(after[2]).toEqual({ key: "new", kind: "card" });
  // The card that was due soon has come earlier; there are not two in a row.
  expect(kinds(after)).toBe("llalllll");
});

test("a card that is next, or is being seen, is enough", () => {
  expect(withCardNext(round, 3, "new")).toBe(round);
  expect(withCardNext(round, 4, "new")).toBe(round);
});

test("slots show others once one of their clips is not among those asked about", () => {
  expect(showOthers(round, clips)).toBe(false);
  expect(showOthers(round, clips.slice(1))).toBe(true);
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
