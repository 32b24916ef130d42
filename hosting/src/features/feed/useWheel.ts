import { type RefObject, useEffect, useEffectEvent } from "react";

/** A wheel that says nothing for so long has stopped: what it says next is a turn of its own. */
const PAUSE_MS = 200;
/** Who goes on turning goes on by one slot in this time; the feed has arrived by then. */
const TURN_MS = 600;
/** What runs out on a trackpad gets slower, and goes on no further. */
const LEAST_PIXELS = 30;

/**
 * One slot on or back with each turn of a wheel, or swipe over a trackpad, however far it would
 * scroll: a notch alone would not reach the next slot, and a hard swipe would pass several.
 */
export function useWheel(
  container: RefObject<HTMLElement | null>,
  go: (step: number) => void,
  shown: boolean,
): void {
  const onTurn = useEffectEvent(go);
  useEffect(() => {
    const root = container.current;
    if (!root) return;
    let last = { at: -Infinity, by: 0, speed: 0 };
    let moved = -Infinity;
    const turn = (event: WheelEvent) => {
      const { timeStamp: at, deltaX, deltaY: by } = event;
      // It zooms, moves the products of a card sideways, or scrolls a sheet.
      if (event.ctrlKey || Math.abs(deltaX) > Math.abs(by)) return;
      if (event.target instanceof Element && event.target.closest("dialog")) return;
      event.preventDefault();
      const anew = at - last.at > PAUSE_MS || by * last.by < 0;
      const speed = Math.abs(by) / (at - last.at);
      // A busy browser tells several at once: they are more, and no faster.
      const on = Math.abs(by) >= Math.max(Math.abs(last.by), LEAST_PIXELS) && speed >= last.speed;
      last = { at, by, speed };
      if (by === 0 || !(anew || (on && at - moved > TURN_MS))) return;
      moved = at;
      onTurn(Math.sign(by));
    };
    root.addEventListener("wheel", turn, { passive: false });
    return () => {
      root.removeEventListener("wheel", turn);
    };
  }, [container, shown]);
}
