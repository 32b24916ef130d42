/** The operator: an account apart from the shopper's, so that neither signs the other out. */

import { signInWithEmailAndPassword } from "firebase/auth";
import { httpsCallable } from "firebase/functions";
import { firebase } from "./firebase";

const session = () => firebase("operator");

/** Whether somebody is signed in; whether they are an operator, the functions say. */
export async function signedIn(): Promise<boolean> {
  const { auth } = await session();
  await auth.authStateReady();
  return auth.currentUser !== null;
}

/** Sign in; rejects with a FirebaseError. */
export async function signIn(email: string, password: string): Promise<void> {
  const { auth } = await session();
  await signInWithEmailAndPassword(auth, email, password);
}

export async function signOut(): Promise<void> {
  const { auth } = await session();
  await auth.signOut();
}

/** Call a function as the operator; rejects with a FirebaseError. */
export async function callAsOperator<Response>(name: string, data: unknown): Promise<Response> {
  const { functions } = await session();
  // Counting a day may take minutes.
  const calling = httpsCallable<unknown, Response>(functions, name, { timeout: 540_000 });
  return (await calling(data)).data;
}
