import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useRef } from "react";
import type { Slot } from "./slots";

/** A browser takes a wheel's turn for ended so long after it, and comes to rest once more. */
const RESTLESS_MS = 1500;
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
 * Scroll so many places on from what fills most of the screen, which React hears of a little later;
 * again where what a wheel began came to rest over it.
 */
export function scrollOn(root: HTMLElement | null, step: number): void {
  if (!root) return;
  const behavior = matchMedia(STILL).matches ? "instant" : "smooth";
  const nearest = () => Math.round(root.scrollTop / root.clientHeight);
  const from = nearest();
  const until = performance.now() + RESTLESS_MS;
  const onEnd = () => {
    if (nearest() === from && performance.now() < until) scrollToPlace(root, from + step, behavior);
    else root.removeEventListener("scrollend", onEnd);
  };
  root.addEventListener("scrollend", onEnd);
  scrollToPlace(root, from + step, behavior);
}

function scrollToPlace(root: HTMLElement | null, place: number, behavior: ScrollBehavior) {
  root?.scrollTo({ top: place * root.clientHeight, behavior });
}
