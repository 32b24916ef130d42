/** Whether cards may follow what the shopper does, and whether they were asked on this device. */

import type { RecommendResponse } from "./api";
import { call } from "./firebase";
import { forgetCards } from "./last-cards";
import { queue } from "./queue";
import { signals } from "./signals";
import { localStore } from "./store";

/** What the shopper has answered on this device; null before they were asked. */
const answer = localStore<boolean | null>("personalised", null);
/** What the server said with the last card. */
const told = localStore<boolean | null>("told-personalised", null);

/** Take note of what a card says of it. */
export function noteTold({ personalised }: RecommendResponse): void {
  if (told.get() !== personalised) told.set(personalised);
}

/** Whether it is off though the shopper was never asked: where the shop needs their consent. */
export function useIsUnasked(): boolean {
  const isOn = told.use();
  const answered = answer.use();
  return isOn === false && answered === null;
}

/** They were asked, and said no; it is off already. */
export function decline(): void {
  answer.set(false);
}

/** Turn it on or off, from the next card on; returns which it is now. */
export async function setPersonalised(on: boolean): Promise<boolean> {
  // What was done before counts as it did then.
  await queue.flush();
  const { personalised } = await call<{ personalised: boolean }>("set_personalisation", { on });
  answer.set(personalised);
  forgetCards();
  signals.raise();
  return personalised;
}
