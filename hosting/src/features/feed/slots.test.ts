import { expect, test } from "vitest";
import type { FeedClip } from "../../lib/api";
import {
  type Slot,
  clipsNear,
  showOthers,
  startingWith,
  withCardNext,
  withClips,
  withRound,
} from "./slots";

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

test("a card that is next is enough", () => {
  expect(withCardNext(round, 3, "new")).toBe(round);
});

test("after a signal on a card the next one comes after one clip, however many signals follow", () => {
  const two = withRound(round, clips, "b");
  expect(kinds(two)).toBe("llllallllallllall");
  const after = withCardNext(two, 4, "new");
  expect(after.slice(0, 6)).toEqual(two.slice(0, 6));
  expect(after[6]).toEqual({ key: "new", kind: "card" });
  expect(kinds(after)).toBe("llllalalllllllall");
  expect(withCardNext(after, 4, "newer")).toBe(after);
  // Nor are there two in a row once the shopper is on the clip between.
  expect(withCardNext(after, 5, "newer")).toBe(after);
});

test("clips are near by how many clips are between, whether or not a card is", () => {
  const near = (place: number) =>
    clipsNear(round, place, 2).map((slot) => slot.kind === "clip" && slot.clip.clip_id);
  expect(near(0)).toEqual(["c0", "c1", "c2"]);
  expect(near(3)).toEqual(["c1", "c2", "c3", "c4", "c5"]);
  expect(near(4)).toEqual(["c2", "c3", "c4", "c5", "c6"]);
  expect(near(7)).toEqual(["c4", "c5", "c6"]);
});

test("slots show others once one of their clips is not among those asked about", () => {
  expect(showOthers(round, clips)).toBe(false);
  expect(showOthers(round, clips.slice(1))).toBe(true);
});

test("what has become of clips is in their slots, and nothing else is another", () => {
  expect(withClips(round, clips)).toBe(round);
  expect(withClips(round, [])).toBe(round);
  const became = { ...clips[5], products: [] } as unknown as FeedClip;
  const after = withClips(round, [became]);
  expect(after[6]).toEqual({ ...round[6], clip: became });
  expect(after.toSpliced(6, 1)).toEqual(round.toSpliced(6, 1));
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
