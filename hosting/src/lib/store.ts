/** A value kept in localStorage, shared by everything on the page. */

import { useSyncExternalStore } from "react";

export interface Store<Value> {
  get: () => Value;
  set: (value: Value) => void;
  use: () => Value;
}

const SETTINGS = ["language", "theme"];
/** The service worker's caches that tell what somebody looked at. */
const WATCHED = ["clips", "pictures"];

/** A store called `key`; a value that cannot be read counts as `initial`. */
export function localStore<Value>(key: string, initial: Value): Store<Value> {
  let value = read(key, initial);
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const get = () => value;
  return {
    get,
    set: (next) => {
      value = next;
      localStorage.setItem(key, JSON.stringify(next));
      for (const listener of listeners) listener();
    },
    use: () => useSyncExternalStore(subscribe, get),
  };
}

/**
 * Forget what the app keeps in the browser's storage, but how it looks and speaks. The stores of
 * the page that is open still know, so load it anew.
 */
export async function clearDevice(): Promise<void> {
  for (const key of Object.keys(localStorage)) {
    if (!SETTINGS.includes(key)) localStorage.removeItem(key);
  }
  sessionStorage.clear();
  if ("caches" in globalThis) await Promise.all(WATCHED.map((name) => caches.delete(name)));
}

function read<Value>(key: string, initial: Value): Value {
  try {
    const stored = localStorage.getItem(key);
    return stored === null ? initial : (JSON.parse(stored) as Value);
  } catch {
    return initial;
  }
}
