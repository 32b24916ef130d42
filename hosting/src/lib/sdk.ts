/** The parts of Firebase that the feed needs, in one file of their own. */

export { initializeApp } from "firebase/app";
// Without the windows of other providers, which only the You page opens.
export {
  browserLocalPersistence,
  connectAuthEmulator,
  initializeAuth,
  indexedDBLocalPersistence,
  signInAnonymously,
} from "firebase/auth";
export { connectFunctionsEmulator, getFunctions, httpsCallable } from "firebase/functions";
