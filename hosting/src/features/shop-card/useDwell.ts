import { useEffect } from "react";
import type { Card, RecommendResponse } from "../../lib/api";
import { log } from "../../lib/queue";

const MOST_MS = 3_600_000;

/**
 * Log how long a card was looked at, each time the look ends: another slot becomes the current
 * one, or the page is hidden or left. A look that goes on when the page is shown again is logged
 * again with its whole length, so that a glance at another app makes no skip of it.
 */
export function useDwell(current: boolean, response: RecommendResponse, card: Card): void {
  useEffect(() => {
    if (!current) return;
    let looked = 0;
    let since: number | undefined;

    const start = () => {
      since ??= performance.now();
    };
    const stop = () => {
      if (since === undefined) return;
      looked += performance.now() - since;
      since = undefined;
      const dwell_ms = Math.min(Math.round(looked), MOST_MS);
      // React's strict mode mounts twice at once, which is no look.
      if (!dwell_ms) return;
      const { release, variant } = response;
      const { card_id, reason } = card;
      log({ type: "view_card", card_id, release, variant, dwell_ms, reason });
    };
    const follow = () => {
      if (document.visibilityState === "visible") start();
      else stop();
    };

    follow();
    // While capturing: before the queue, which sends what it has when the page is hidden.
    document.addEventListener("visibilitychange", follow, { capture: true });
    window.addEventListener("pagehide", stop);
    return () => {
      document.removeEventListener("visibilitychange", follow, { capture: true });
      window.removeEventListener("pagehide", stop);
      stop();
    };
  }, [current, response, card]);
}
