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

/**
 * The feed after a strong signal: the very next slot is a card, or on a card the one after a clip.
 * Nothing above it moves.
 */
export function withCardNext(slots: Slot[], current: number, key: string): Slot[] {
  const place = current + (slots[current]?.kind === "card" ? 2 : 1);
  const next = slots[place];
  if (!next || next.kind === "card") return slots;
  const rest = slots.slice(place);
  const planned = rest.findIndex(({ kind }) => kind === "card");
  // The card that was planned for a little later has come earlier.
  if (planned >= 0 && planned <= CLIPS_PER_CARD) rest.splice(planned, 1);
  return [...slots.slice(0, place), { key, kind: "card" }, ...rest];
}

/** The feed with its clips as they are now: what can be bought of them may have changed. */
export function withClips(slots: Slot[], clips: FeedClip[]): Slot[] {
  const now = new Map(clips.map((clip) => [clip.clip_id, clip]));
  const changed = slots.map((slot) => {
    const clip = slot.kind === "clip" && now.get(slot.clip.clip_id);
    return clip && clip !== slot.clip ? { ...slot, clip } : slot;
  });
  return changed.some((slot, place) => slot !== slots[place]) ? changed : slots;
}

/** The clips no more than so many clips from a place: a card between them does not count. */
export function clipsNear(slots: Slot[], place: number, most: number): Slot[] {
  const isClip = ({ kind }: Slot) => kind === "clip";
  const here = slots.slice(0, place).filter(isClip).length;
  return slots.filter(isClip).slice(Math.max(0, here - most), here + most + 1);
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
