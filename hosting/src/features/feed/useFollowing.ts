import { useEffect, useState } from "react";

/** Some frames of a swipe. */
const AFTER_MS = 80;
/** However fast swipes follow each other: what is mounted is around a place that is near. */
const MOST_BEHIND = 1;

/**
 * A place that follows another some frames later: a slow phone's frame has time for what changes
 * with the one or with the other. It begins with a frame, so that it has the time up to the next.
 */
export function useFollowing(place: number): number {
  const [following, setFollowing] = useState(place);
  useEffect(() => {
    let frame = 0;
    const timer = setTimeout(() => {
      frame = requestAnimationFrame(() => {
        setFollowing(place);
      });
    }, AFTER_MS);
    return () => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
  }, [place]);
  return Math.abs(place - following) > MOST_BEHIND ? place : following;
}
