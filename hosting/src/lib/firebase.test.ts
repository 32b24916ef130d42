import { expect, test, vi } from "vitest";
import { shopper } from "./firebase";
import * as sdk from "./sdk";

vi.mock("./http", () => ({ publicFile: () => Promise.resolve({ projectId: "demo" }) }));
vi.mock("./sdk", () => {
  const auth = { authStateReady: () => Promise.resolve(), currentUser: null as unknown };
  let users = 0;
  return {
    initializeApp: () => ({ options: {} }),
    initializeAuth: () => auth,
    indexedDBLocalPersistence: {},
    browserLocalPersistence: {},
    connectAuthEmulator: () => undefined,
    getFunctions: () => ({}),
    connectFunctionsEmulator: () => undefined,
    signInAnonymously: vi.fn(async () => {
      users += 1;
      const user = { uid: `user-${users}` };
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (users === 1) throw new Error("offline");
      auth.currentUser = user;
      return { user };
    }),
  };
});

test("calls that come at once are one shopper's, and a sign-in that failed is tried again", async () => {
  const signIn = vi.mocked(sdk.signInAnonymously);
  await expect(Promise.all([shopper(), shopper()])).rejects.toThrow("offline");
  expect(signIn).toHaveBeenCalledTimes(1);
  const both = await Promise.all([shopper(), shopper()]);
  expect(both.map(({ uid }) => uid)).toEqual(["user-2", "user-2"]);
  expect((await shopper()).uid).toBe("user-2");
  expect(signIn).toHaveBeenCalledTimes(2);
});
