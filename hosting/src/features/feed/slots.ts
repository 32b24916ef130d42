/** What stands where in the feed: clips, and after every few of them a shop card. */

import type { Clip, FeedClip } from "../../lib/api";

export type Slot = { key: string; kind: "clip"; clip: FeedClip } | { key: string; kind: "card" };

const CLIPS_PER_CARD = 4;

/** The feed, and below it a round of all clips with cards; no two rounds have the same name. */
export function withRound(slots: Slot[], clips: FeedClip[], round: string): Slot[] {
  // Whoever has fewer clips than a card stands after has cards all the same.
  const before = slots.filter(({ kind }) => kind === "clip").length;
  const added = clips.flatMap((clip, place): Slot[] => {
    const slot: Slot = { key: `${round}-${clip.clip_id}`, kind: "clip", clip };
    const due = (before + place + 1) % CLIPS_PER_CARD === 0;
    return due ? [slot, { key: `${round}-card-${place}`, kind: "card" }] : [slot];
  });
  return [...slots, ...added];
}

/** The feed after a strong signal: the very next slot is a card. Nothing above it moves. */
export function withCardNext(slots: Slot[], current: number, key: string): Slot[] {
  const next = slots[current + 1];
  if (!next || next.kind === "card" || slots[current]?.kind === "card") return slots;
  const rest = slots.slice(current + 1);
  const planned = rest.findIndex(({ kind }) => kind === "card");
  // The card that was planned for a little later has come earlier.
  if (planned >= 0 && planned <= CLIPS_PER_CARD) rest.splice(planned, 1);
  return [...slots.slice(0, current + 1), { key, kind: "card" }, ...rest];
}

/** Whether any of the slots has a clip that is not one of these. */
export function showOthers(slots: Slot[], clips: Clip[]): boolean {
  const ids = new Set(clips.map(({ clip_id }) => clip_id));
  return slots.some((slot) => slot.kind === "clip" && !ids.has(slot.clip.clip_id));
}

/** The clips, begun with the one that was asked for. */
export function startingWith<Shown extends Clip>(clips: Shown[], clipId: string | null): Shown[] {
  const place = clips.findIndex(({ clip_id }) => clip_id === clipId);
  return place > 0 ? [...clips.slice(place), ...clips.slice(0, place)] : clips;
}
