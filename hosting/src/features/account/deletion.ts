/** Deleting all there is of the shopper: on the server, then on this device. */

import { signOut } from "firebase/auth";
import { authentication, call } from "../../lib/firebase";
import { queue } from "../../lib/queue";
import { clearDevice, localStore } from "../../lib/store";

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
  location.replace("/you?deleted");
}
