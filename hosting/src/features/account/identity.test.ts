import { afterEach, expect, test, vi } from "vitest";
import { ofShopper } from "../../lib/shopper";
import { begun } from "./deletion";
import { keepWithPassword, leave, signInWith, signInWithGoogle } from "./identity";

const { done, clear, flush } = vi.hoisted(() => {
  const done: string[] = [];
  const doing = (name: string) => vi.fn(() => Promise.resolve(void done.push(name)));
  return { done, clear: doing("clear"), flush: doing("flush") };
});
vi.mock("firebase/auth", () => {
  const changing = () => Promise.resolve(void done.push("change"));
  return {
    linkWithCredential: changing,
    signInWithCredential: changing,
    signInWithPopup: changing,
    signOut: changing,
    browserPopupRedirectResolver: {},
    EmailAuthProvider: { credential: vi.fn() },
    GoogleAuthProvider: vi.fn(),
  };
});
vi.mock("../../lib/firebase", () => ({
  authentication: () => Promise.resolve("auth"),
  shopper: () => Promise.resolve({ uid: "me" }),
}));
vi.mock("../../lib/queue", () => ({ queue: { flush, clear } }));

const others: [string, () => Promise<void>][] = [
  ["signing in", () => signInWith({} as never)],
  ["signing in with Google", signInWithGoogle],
  ["signing out", leave],
];
const keep = () => keepWithPassword("a@b.c", "secret");

afterEach(() => {
  done.length = 0;
});

test.each(others)("before %s, what was done is told", async (_, become) => {
  await become();
  expect(done).toEqual(["flush", "change"]);
});

test.each(others)("before %s, what cannot be told is forgotten", async (_, become) => {
  flush.mockRejectedValueOnce(new Error("unavailable"));
  await become();
  expect(done).toEqual(["clear", "change"]);
});

test.each(others)("a browser that keeps nothing does not hinder %s", async (_, become) => {
  flush.mockRejectedValueOnce(new Error("no database"));
  clear.mockRejectedValueOnce(new Error("no database"));
  await become();
  expect(done).toEqual(["change"]);
});

test.each(others)("%s ends a deletion that was begun", async (_, become) => {
  begun.set("me");
  await become();
  expect(begun.get()).toBeNull();
});

test.each(others)("%s empties what the page holds of who was here before", async (_, become) => {
  const held = ofShopper(new Set(["theirs"]));
  await become();
  expect(held.size).toBe(0);
});

test("who keeps the profile stays who they are: nothing is forgotten, all can wait", async () => {
  begun.set("me");
  const held = ofShopper(new Set(["theirs"]));
  await keep();
  expect(held.size).toBe(1);
  expect(done).toEqual(["change"]);
  expect(begun.get()).toBe("me");
});
