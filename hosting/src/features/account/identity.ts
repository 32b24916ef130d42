/** Who the shopper is: anonymous, or somebody who can come back; and the ways from one to other. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import {
  type Auth,
  type AuthCredential,
  EmailAuthProvider,
  GoogleAuthProvider,
  browserPopupRedirectResolver,
  linkWithCredential,
  linkWithPopup,
  sendPasswordResetEmail,
  signInWithCredential,
  signInWithPopup,
  signOut,
} from "firebase/auth";
import { authentication, shopper } from "../../lib/firebase";
import { forgetCards } from "../../lib/last-cards";
import { queue } from "../../lib/queue";
import { forgetShopper } from "../../lib/shopper";
import { signals } from "../../lib/signals";
import { begun } from "./deletion";

/** There is another profile with this sign-in; `credential` leads to it. */
export class Taken extends Error {
  constructor(readonly credential: AuthCredential) {
    super("taken");
  }
}

export interface Who {
  uid: string;
  /** Null of somebody anonymous. */
  name: string | null;
}

export function useIdentity() {
  return useQuery({
    queryKey: ["identity"],
    queryFn: async (): Promise<Who> => {
      const { uid, isAnonymous, email, displayName, providerData } = await shopper();
      const name = email ?? providerData[0]?.email ?? displayName ?? uid;
      return { uid, name: isAnonymous ? null : name };
    },
  });
}

/** What is to be read anew once somebody else is signed in, or the same one by a new name. */
export function useIdentityChanged() {
  const client = useQueryClient();
  return async () => {
    forgetCards(); // they were another's
    signals.raise();
    await Promise.all(
      ["identity", "interests", "history", "card"].map((key) =>
        client.resetQueries({ queryKey: [key] }),
      ),
    );
  };
}

export const passwordOf = (email: string, password: string) =>
  EmailAuthProvider.credential(email, password);

/** Give the anonymous profile a password. The user id stays. Rejects with Taken. */
export async function keepWithPassword(email: string, password: string): Promise<void> {
  const credential = passwordOf(email, password);
  await linked(async () => linkWithCredential(await shopper(), credential), credential);
}

/** Give the anonymous profile a Google account. The user id stays. Rejects with Taken. */
export async function keepWithGoogle(): Promise<void> {
  const link = async () =>
    linkWithPopup(await shopper(), new GoogleAuthProvider(), browserPopupRedirectResolver);
  await linked(link);
}

/** Go on as somebody else. */
export async function signInWith(credential: AuthCredential): Promise<void> {
  await become((auth) => signInWithCredential(auth, credential));
}

export async function signInWithGoogle(): Promise<void> {
  await become((auth) =>
    signInWithPopup(auth, new GoogleAuthProvider(), browserPopupRedirectResolver),
  );
}

export async function sendReset(email: string): Promise<void> {
  await sendPasswordResetEmail(await authentication(), email);
}

/** Sign out; the next call makes a new anonymous shopper. */
export async function leave(): Promise<void> {
  await become(signOut);
}

/** The reason in Firebase's words: "weak-password"; empty when the shopper closed the window. */
export function problemOf(error: unknown): string {
  const code = ((error as { code?: string }).code ?? "").replace("auth/", "");
  if (["popup-closed-by-user", "cancelled-popup-request"].includes(code)) return "";
  return code || "other";
}

async function linked(link: () => Promise<unknown>, credential?: AuthCredential): Promise<void> {
  try {
    await link();
  } catch (error) {
    const taken = ["email-already-in-use", "credential-already-in-use"];
    if (!taken.includes(problemOf(error))) throw error;
    const other = GoogleAuthProvider.credentialFromError(error as never) ?? credential;
    throw other ? new Taken(other) : error;
  }
}

/** Be another shopper, in whose name nothing is told or deleted that was the former's. */
async function become(another: (auth: Auth) => Promise<unknown>): Promise<void> {
  await queue
    .flush()
    // Rather lost than told under another name.
    .catch(() => queue.clear())
    // Where nothing can be kept, nothing waits.
    .catch(() => undefined);
  await another(await authentication());
  forgetShopper();
  begun.set(null);
}
