import { expect, test, vi } from "vitest";
import { call, shopper } from "./firebase";
import * as sdk from "./sdk";
import { failed } from "./testing";

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
    httpsCallable: vi.fn(),
    signInAnonymously: vi.fn(async () => {
      users += 1;
      const user = {
        uid: `user-${users}`,
        // Firebase signs out whose account is gone.
        getIdToken: vi.fn(() => {
          auth.currentUser = null;
          return Promise.reject(new Error("gone"));
        }),
      };
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

test("who is no longer let in comes with a fresh token next, or as somebody new", async () => {
  const signIn = vi.mocked(sdk.signInAnonymously);
  const user = await shopper();
  const getIdToken = vi.spyOn(user, "getIdToken");
  const asked = vi.fn().mockResolvedValue({ data: "found" });
  vi.mocked(sdk.httpsCallable).mockReturnValue(asked as never);
  asked.mockRejectedValueOnce(failed("functions/internal"));
  await expect(call("search", {})).rejects.toThrow("functions/internal");
  expect(getIdToken).not.toHaveBeenCalled();

  signIn.mockClear();
  asked.mockRejectedValueOnce(failed("functions/unauthenticated"));
  await expect(call("search", {})).rejects.toThrow("functions/unauthenticated");
  expect(getIdToken).toHaveBeenCalledExactlyOnceWith(true);
  expect(await call("search", {})).toBe("found");
  expect(signIn).toHaveBeenCalledTimes(1);
  expect((await shopper()).uid).not.toBe(user.uid);
});
