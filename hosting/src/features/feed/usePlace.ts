import { useCallback, useEffect } from "react";
import { useSearchParams } from "react-router";
import type { FeedClip } from "../../lib/api";
import { useSignals } from "../../lib/signals";
import { type Place, type Tab, useFeed } from "./feed-context";
import { roundOf, startingWith, withCardNext } from "./slots";

/** Slots are added when no more than so many are left. */
const LEFT = 4;

/**
 * A tab's slots, and which one fills the screen. Slots are added below as the shopper goes on, and
 * a card comes next after a strong signal.
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
  useEffect(() => {
    if (!clips?.length) return;
    if (wanted) {
      const slots = roundOf(startingWith(clips, wanted), Date.now());
      change((before) => ({ ...before, slots, current: 0 }));
      setParameters({}, { replace: true });
    } else {
      change((before) =>
        current + LEFT < before.slots.length
          ? before
          : { ...before, slots: [...before.slots, ...roundOf(clips, before.slots.length)] },
      );
    }
  }, [clips, wanted, current, change, setParameters]);

  const raised = useSignals();
  const ready = place.slots.length > 0;
  useEffect(() => {
    if (!ready) return;
    change((before) =>
      raised === before.signals
        ? before
        : {
            ...before,
            slots: withCardNext(before.slots, before.current, `signal-${raised}`),
            signals: raised,
          },
    );
  }, [raised, ready, change]);

  return { ...place, setCurrent };
}
