/** A value kept in localStorage, shared by everything on the page. */

import { useSyncExternalStore } from "react";

export interface Store<Value> {
  get: () => Value;
  set: (value: Value) => void;
  use: () => Value;
  /** Be told of every change; the answer ends it. */
  subscribe: (listener: () => void) => () => void;
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
    return () => {
      listeners.delete(listener);
    };
  };
  const become = (next: Value) => {
    value = next;
    for (const listener of listeners) listener();
  };
  // Another tab has changed it, or cleared all: what is written here next begins with that.
  window.addEventListener("storage", (event) => {
    if (event.key === key || event.key === null) become(read(key, initial));
  });
  const get = () => value;
  return {
    get,
    set: (next) => {
      try {
        localStorage.setItem(key, JSON.stringify(next));
      } catch (error) {
        // The storage is full or blocked. Until the page is closed it is as the shopper wants it;
        // whoever has set it goes on, as nothing better could be done there.
        console.warn("not kept", key, error);
      }
      become(next);
    },
    use: () => useSyncExternalStore(subscribe, get),
    subscribe,
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
