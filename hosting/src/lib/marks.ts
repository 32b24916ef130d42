/** What the shopper marked in the feed; it stays on this device. */

import { type Store, localStore } from "./store";

export const likes = localStore<string[]>("likes", []);
export const saves = localStore<string[]>("saves", []);
export const follows = localStore<string[]>("follows", []);

/** Set or take a mark. */
export function mark(marks: Store<string[]>, what: string, on: boolean): void {
  const others = marks.get().filter((other) => other !== what);
  marks.set(on ? [...others, what] : others);
}
