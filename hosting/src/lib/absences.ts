/** Long absences: after one, what was asked for ahead may be sold out. */

import { useSyncExternalStore } from "react";

export const LONG_MS = 3_600_000;

let count = 0;
let left = NaN;
const listeners = new Set<() => void>();

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") {
    left = Date.now();
    return;
  }
  if (!(Date.now() - left >= LONG_MS)) return;
  count += 1;
  for (const listener of listeners) listener();
});

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** How often the shopper came back from a long absence. */
export function useAbsences(): number {
  return useSyncExternalStore(subscribe, () => count);
}
