/** Firebase, started once: who the shopper is, and how the functions are called. */

import type { FirebaseApp, FirebaseOptions } from "firebase/app";
import type { AppCheck } from "firebase/app-check";
import type { Auth, User } from "firebase/auth";

import { failureOf } from "./failure";
import { publicFile } from "./http";

const REGION = (import.meta.env["VITE_FUNCTIONS_REGION"] as string | undefined) ?? "europe-west1";
/** Of reCAPTCHA Enterprise, for App Check; empty: calls carry no App Check token. */
const APP_CHECK_KEY = import.meta.env["VITE_APP_CHECK_KEY"] as string | undefined;
const EMULATED = ["localhost", "127.0.0.1"].includes(location.hostname);
const EMULATOR_PORTS = { auth: 9099, functions: 5001, firestore: 8080 };

/** One session with Firebase: `name` keeps an account of its own, apart from the shopper's. */
async function start(name?: string) {
  // Loaded beside the app, whose first screen does without it.
  const [sdk, options] = await Promise.all([
    import("./sdk"),
    publicFile<FirebaseOptions>("/__/firebase/init.json"),
  ]);
  // The emulator gives no key, and needs none.
  const app = sdk.initializeApp({ ...options, apiKey: options.apiKey ?? "none" }, name);
  const appCheck = APP_CHECK_KEY && !EMULATED ? await checked(app, APP_CHECK_KEY) : undefined;
  const auth = sdk.initializeAuth(app, {
    persistence: [sdk.indexedDBLocalPersistence, sdk.browserLocalPersistence],
  });
  const functions = sdk.getFunctions(app, REGION);
  if (EMULATED) {
    const url = `http://127.0.0.1:${EMULATOR_PORTS.auth}`;
    sdk.connectAuthEmulator(auth, url, { disableWarnings: true });
    sdk.connectFunctionsEmulator(functions, "127.0.0.1", EMULATOR_PORTS.functions);
  }
  return { sdk, app, appCheck, auth, functions };
}

/** Let calls prove that they come from this app: before anything else is called. */
async function checked(app: FirebaseApp, key: string): Promise<AppCheck> {
  const { ReCaptchaEnterpriseProvider, initializeAppCheck } = await import("firebase/app-check");
  const provider = new ReCaptchaEnterpriseProvider(key);
  return initializeAppCheck(app, { provider, isTokenAutoRefreshEnabled: true });
}

const started = new Map<string | undefined, ReturnType<typeof start>>();

export function firebase(name?: string) {
  const session =
    started.get(name) ??
    start(name).catch((error: unknown) => {
      started.delete(name);
      throw error;
    });
  started.set(name, session);
  return session;
}

/** Who is signed in, and the way to change that. */
export async function authentication(): Promise<Auth> {
  return (await firebase()).auth;
}

let arriving: Promise<User> | undefined;

/** The shopper: anonymous at first, and one, however many calls need them at once. */
export async function shopper(): Promise<User> {
  const { sdk, auth } = await firebase();
  await auth.authStateReady();
  if (auth.currentUser) return auth.currentUser;
  arriving ??= sdk
    .signInAnonymously(auth)
    .then(({ user }) => user)
    .finally(() => {
      arriving = undefined;
    });
  return arriving;
}

/** Call a function as the shopper; rejects with a FirebaseError. */
export async function call<Response>(name: string, data: unknown): Promise<Response> {
  const user = await shopper();
  const { sdk, functions } = await firebase();
  try {
    const result = await sdk.httpsCallable<unknown, Response>(functions, name)(data);
    return result.data;
  } catch (error) {
    // The next call has a fresh token; where there is none to be had any more, Firebase signs out,
    // and `shopper` signs in anew.
    if (failureOf(error) === "signedOut") await user.getIdToken(true).catch(() => undefined);
    throw error;
  }
}

/** Call a function by a request that outlives the page; nobody waits for the answer. */
export async function callAndLeave(name: string, data: unknown): Promise<void> {
  const user = await shopper();
  const { app, appCheck } = await firebase();
  const project = app.options.projectId ?? "";
  const base = EMULATED
    ? `http://127.0.0.1:${EMULATOR_PORTS.functions}/${project}/${REGION}`
    : `https://${REGION}-${project}.cloudfunctions.net`;
  await fetch(`${base}/${name}`, {
    method: "POST",
    keepalive: true,
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${await user.getIdToken()}`,
      ...(appCheck && { "X-Firebase-AppCheck": await tokenOf(appCheck) }),
    },
    body: JSON.stringify({ data }),
  });
}

async function tokenOf(appCheck: AppCheck): Promise<string> {
  const { getToken } = await import("firebase/app-check");
  return (await getToken(appCheck)).token;
}

/** Firestore for single reads, with what it is read by; loaded when it is needed. */
export async function firestoreLite() {
  const { app } = await firebase();
  const lite = await import("firebase/firestore/lite");
  return { lite, store: firestoreOf(lite, app) };
}

let firestore: import("firebase/firestore/lite").Firestore | undefined;

function firestoreOf(
  lite: typeof import("firebase/firestore/lite"),
  app: import("firebase/app").FirebaseApp,
) {
  if (!firestore) {
    firestore = lite.getFirestore(app);
    if (EMULATED) lite.connectFirestoreEmulator(firestore, "127.0.0.1", EMULATOR_PORTS.firestore);
  }
  return firestore;
}
