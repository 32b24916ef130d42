import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useRef } from "react";
import type { Slot } from "./slots";

/** What has not moved for so long is at rest. */
const REST_MS = 100;
/** A swipe has come to rest so long after the finger is lifted. */
const SWIPE_MS = 1000;
/** A part of the screen's height; a slot may come to rest a part of a pixel beyond its place. */
const PAST = 0.01;
const STILL = "(prefers-reduced-motion: reduce)";

/** Follow which slot fills the screen; it still does when the feed is shown again, or is resized. */
export function useScrolling(
  container: RefObject<HTMLDivElement | null>,
  slots: Slot[],
  current: number,
  setCurrent: (place: number) => void,
): void {
  const restored = useRef(false);
  const first = slots[0]?.key;

  useEffect(() => {
    if (!first) return;
    restored.current = true;
    scrollToPlace(container.current, current, "instant");
    // Only when the feed begins anew: what follows is the shopper's own scrolling.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [container, first]);

  // As by a device that is turned, after which the same distance is another slot's.
  const onResize = useEffectEvent(() => {
    scrollToPlace(container.current, current, "instant");
  });
  useEffect(() => {
    const root = container.current;
    if (!root || !first) return;
    let height = root.clientHeight;
    const observer = new ResizeObserver(() => {
      // It is told the first size as well, by when the shopper may be on the way already.
      if (root.clientHeight === height) return;
      height = root.clientHeight;
      onResize();
    });
    observer.observe(root);
    return () => {
      observer.disconnect();
    };
  }, [container, first]);

  useEffect(() => {
    const root = container.current;
    if (!root) return;
    const observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          const place = Number((entry.target as HTMLElement).dataset["place"]);
          if (entry.isIntersecting && restored.current) setCurrent(place);
        }
      },
      { root, threshold: 0.6 },
    );
    for (const slot of root.children) observer.observe(slot);
    return () => {
      observer.disconnect();
    };
  }, [container, slots, setCurrent]);
}

/**
 * However hard a swipe, it goes one place on or back. `scroll-snap-stop` does not see to it alone:
 * Chromium lets a hard one run free for some frames, and then stops at what comes next from there.
 */
export function useOneOn(container: RefObject<HTMLElement | null>) {
  const from = useRef(NaN);
  const watch = useRef<number>(undefined);
  useEffect(
    () => () => {
      clearTimeout(watch.current);
    },
    [],
  );
  const begin = (place: number) => {
    clearTimeout(watch.current);
    container.current?.style.removeProperty("overflow-y");
    from.current = place;
  };
  const end = () => {
    clearTimeout(watch.current);
    watch.current = window.setTimeout(() => {
      begin(NaN);
    }, SWIPE_MS);
  };
  return {
    onTouchStart: () => {
      const root = container.current;
      if (root) begin(root.scrollTop / root.clientHeight);
    },
    onTouchEnd: end,
    onTouchCancel: end,
    onScroll: () => {
      const root = container.current;
      if (!root) return;
      const place = root.scrollTop / root.clientHeight;
      const way = Math.sign(place - from.current);
      const last = Math.round(from.current) + way;
      if (!((place - last) * way > PAST)) return;
      // What is left of the swipe moves nothing.
      root.style.setProperty("overflow-y", "hidden");
      scrollToPlace(root, last, "instant");
      end();
    },
  };
}

/** Let what stands beside the current slot, if anything does, scroll with it. */
export function useBeside(
  container: RefObject<HTMLElement | null>,
  beside: RefObject<HTMLElement | null>,
  slots: Slot[],
  current: number,
): void {
  useLayoutEffect(() => {
    const root = container.current;
    const moved = beside.current;
    if (!root || !moved) return;
    const follow = () => {
      const away = current * root.clientHeight - root.scrollTop;
      moved.style.setProperty("translate", `0 ${away}px`);
    };
    follow();
    root.addEventListener("scroll", follow, { passive: true });
    return () => {
      root.removeEventListener("scroll", follow);
    };
  }, [container, beside, slots, current]);
}

/**
 * Move the feed so many places on from what fills most of the screen, which React hears of a little
 * later. It does not snap on the way: a wheel's turn that just comes to rest would snap back, during
 * it or after it.
 */
export function useScrollOn(container: RefObject<HTMLDivElement | null>): (step: number) => void {
  const watch = useRef<number>(undefined);
  useEffect(
    () => () => {
      clearInterval(watch.current);
    },
    [],
  );
  return (step) => {
    const root = container.current;
    if (!root) return;
    const place = Math.round(root.scrollTop / root.clientHeight) + step;
    root.style.setProperty("scroll-snap-type", "none");
    scrollToPlace(root, place, matchMedia(STILL).matches ? "instant" : "smooth");
    let was = NaN;
    clearInterval(watch.current);
    watch.current = window.setInterval(() => {
      if (root.scrollTop === was) {
        clearInterval(watch.current);
        root.style.removeProperty("scroll-snap-type");
      }
      was = root.scrollTop;
    }, REST_MS);
  };
}

function scrollToPlace(root: HTMLElement | null, place: number, behavior: ScrollBehavior) {
  root?.scrollTo({ top: place * root.clientHeight, behavior });
}
