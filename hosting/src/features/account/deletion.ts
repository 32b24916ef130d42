/** Deleting all there is of the shopper: on the server, then on this device. */

import { signOut } from "firebase/auth";
import { openDB } from "idb";
import { authentication, call } from "../../lib/firebase";
import { queue } from "../../lib/queue";
import { clearDevice, localStore } from "../../lib/store";

/** Where Workbox notes which pictures and clips it served, and when. */
const SERVED = "workbox-expiration";

/** A deletion was begun and is not known to be done. */
export const begun = localStore("deleting", false);

/** Delete everything and open the app anew; rejects when the server has not deleted all. */
export async function deleteEverything(): Promise<void> {
  begun.set(true);
  // Events that wait would be told under the next shopper's name.
  await queue.clear();
  let done = false;
  while (!done) ({ done } = await call<{ done: boolean }>("delete_my_data", {}));
  await signOut(await authentication());
  await clearDevice();
  await forgetServed();
  location.replace("/you?deleted");
}

/**
 * Empty those notes: the service worker has them open, so that to delete them would wait for its
 * end. Where there are none, none are made, as it would take them for its own.
 */
async function forgetServed(): Promise<void> {
  // Not every browser can say which there are.
  const known = "databases" in indexedDB ? await indexedDB.databases() : [];
  if (!known.some(({ name }) => name === SERVED)) return;
  const notes = await openDB(SERVED);
  await Promise.all([...notes.objectStoreNames].map((store) => notes.clear(store)));
  notes.close();
}
