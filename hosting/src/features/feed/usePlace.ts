import { useCallback, useEffect, useRef } from "react";
import { useSearchParams } from "react-router";
import type { FeedClip } from "../../lib/api";
import { useSignals } from "../../lib/signals";
import { type Place, type Tab, useFeed } from "./feed-context";
import { type Slot, showOthers, startingWith, withCardNext, withClips, withRound } from "./slots";

/** Slots are added when no more than so many are left. */
const LEFT = 4;
const NONE: Slot[] = [];

/**
 * A tab's slots, and which one fills the screen. Slots are added below as the shopper goes on, and
 * a card comes sooner after a strong signal.
 */
export function usePlace(tab: Tab, clips: FeedClip[] | undefined) {
  const { places, setPlaces } = useFeed();
  const place = places[tab];
  const { current } = place;
  const change = useCallback(
    (next: (before: Place) => Place) => {
      setPlaces((before) => {
        const after = next(before[tab]);
        return after === before[tab] ? before : { ...before, [tab]: after };
      });
    },
    [tab, setPlaces],
  );
  const setCurrent = useCallback(
    (current: number) => {
      change((before) => (before.current === current ? before : { ...before, current }));
    },
    [change],
  );

  const [parameters, setParameters] = useSearchParams();
  const wanted = parameters.get("clip");
  const seen = useRef(false);
  useEffect(() => {
    const opened = !seen.current;
    seen.current = Boolean(clips?.length);
    if (!clips?.length) return;
    const filled = (slots: Slot[], current: number) => {
      while (slots.length <= current + LEFT) {
        // A name never used before: what a card showed is kept by its slot's key.
        const name = `${tab}-${slots.length}-${Date.now()}`;
        slots = withRound(slots, startingWith(clips, wanted), name);
      }
      return slots;
    };
    const anew = (before: Place): Place => ({ ...before, slots: filled([], 0), current: 0 });
    if (wanted) {
      change(anew);
      setParameters({}, { replace: true });
      return;
    }
    change((before) => {
      // Somebody is followed no longer; not while it is looked at, as that may be taken back. For
      // You is left as it is, but for what can be bought: there only a release has changed.
      if (opened && tab === "following" && showOthers(before.slots, clips)) return anew(before);
      const slots = filled(withClips(before.slots, clips), current);
      return slots === before.slots ? before : { ...before, slots };
    });
  }, [tab, clips, wanted, current, change, setParameters]);

  const raised = useSignals();
  const ready = place.slots.length > 0;
  useEffect(() => {
    if (!ready) return;
    change((before) =>
      raised === before.signals
        ? before
        : {
            ...before,
            slots: withCardNext(before.slots, before.current, `${tab}-signal-${raised}`),
            signals: raised,
          },
    );
  }, [tab, raised, ready, change]);

  // Without clips the feed is not there; when it is shown again, its slots come with it.
  const slots = clips?.length === 0 ? NONE : place.slots;
  return { slots, current, setCurrent };
}
