/** The last cards that came; they stand in when the shop is slow, down or out of reach. */

import type { RecommendResponse } from "./api";
import { localStore } from "./store";

const MOST = 5;
/** With a connection an older one is not shown: the shop may no longer have what is on it. */
const FRESH_MS = 3_600_000;

/** The newest first. */
const kept = localStore<{ at: number; response: RecommendResponse }[]>("last-cards", []);

/** Keep a card, in the place of the oldest where there are many. */
export function keepCard(response: RecommendResponse): void {
  kept.set([{ at: Date.now(), response }, ...kept.get()].slice(0, MOST));
}

/** Forget them all: they are another's, or about what was removed. */
export function forgetCards(): void {
  kept.set([]);
}

/** One to stand in: the newest that is not among those shown, else each in turn; null if none may. */
export function standIn(shown: RecommendResponse[]): RecommendResponse | null {
  const oldest = navigator.onLine ? Date.now() - FRESH_MS : -Infinity;
  const cards = kept
    .get()
    .filter(({ at }) => at > oldest)
    .map(({ response }) => response);
  const ids = shown.map(idOf);
  const other = cards.find((card) => !ids.includes(idOf(card)));
  return other ?? cards[shown.length % cards.length] ?? null;
}

function idOf({ cards }: RecommendResponse): string | undefined {
  return cards[0]?.card_id;
}
