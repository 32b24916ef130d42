/** The app's one event queue, sent by `log_events`. */

import type { Happening } from "./api";
import { EventQueue } from "./events";
import { call, callAndLeave } from "./firebase";

export const queue = new EventQueue({
  send: (events) => call("log_events", { events }),
  sendAndLeave: (events) => callAndLeave("log_events", { events }),
});

document.addEventListener("visibilitychange", () => {
  // What this request does not deliver stays queued for the next visit.
  if (document.visibilityState === "hidden") queue.leave().catch(() => undefined);
});
function flush() {
  // A failure has scheduled its own retry.
  queue.flush().catch(() => undefined);
}
window.addEventListener("online", flush);
// What an earlier visit left.
flush();

/** Log what happened. */
export function log(happening: Happening): void {
  queue.log(happening).catch((error: unknown) => {
    console.error("event not kept", error);
  });
}
