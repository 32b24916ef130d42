/** Deleting all there is of the shopper: on the server, then on this device. */

import { signOut } from "firebase/auth";
import { openDB } from "idb";
import { authentication, call, shopper } from "../../lib/firebase";
import { queue } from "../../lib/queue";
import { clearDevice, localStore } from "../../lib/store";

/** Where Workbox notes which pictures and clips it served, and when. */
const SERVED = "workbox-expiration";

/** Whose deletion was begun and is not known to be done; earlier versions kept `true`, of nobody. */
export const begun = localStore<string | null>("deleting", null);

/** Delete everything and open the app anew; rejects when the server has not deleted all. */
export async function deleteEverything(): Promise<void> {
  const { uid } = await shopper();
  begun.set(uid);
  // Events that wait would be told under the next shopper's name.
  await queue.clear();
  let done = false;
  while (!done) {
    // Whoever has signed in meanwhile has not asked for it.
    if ((await shopper()).uid !== uid) throw new Error("another shopper");
    ({ done } = await call<{ done: boolean }>("delete_my_data", {}));
  }
  await signOut(await authentication());
  await forgetHere();
}

/**
 * Go on with a deletion that a visit ended before, if it is the shopper's. To sign in or out ends
 * it, so that somebody new is here because the user, who is deleted last, is gone: what is left to
 * delete is on this device.
 */
export async function goOn(): Promise<void> {
  const { uid, isAnonymous } = await shopper();
  if (uid === begun.get()) await deleteEverything();
  else if (isAnonymous) await forgetHere();
  else begun.set(null);
}

async function forgetHere(): Promise<void> {
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
