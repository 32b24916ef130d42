/** Strong signals (a search, a click, a rejection): after one, cards not yet seen are out of date. */

import { useSyncExternalStore } from "react";

let count = 0;
const listeners = new Set<() => void>();

export const signals = {
  raise() {
    count += 1;
    for (const listener of listeners) listener();
  },
  count: () => count,
};

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** How many strong signals there were since the app was opened. */
export function useSignals(): number {
  return useSyncExternalStore(subscribe, signals.count);
}
