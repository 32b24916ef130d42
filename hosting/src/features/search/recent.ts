/** The shopper's last searches, on this device only. */

import { localStore } from "../../lib/store";

const MOST = 8;

const store = localStore<string[]>("searches", []);

export const recent = {
  use: store.use,
  remember(words: string) {
    store.set([words, ...others(words)].slice(0, MOST));
  },
  forget(words: string) {
    store.set(others(words));
  },
};

function others(words: string): string[] {
  return store.get().filter((other) => other !== words);
}
