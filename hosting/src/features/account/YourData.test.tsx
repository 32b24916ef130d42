import { act, cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { openDB } from "idb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { YourData } from "./YourData";
import { begun } from "./deletion";
import { collected } from "./export";
import { shown } from "./testing";

const { me, shopper, call, clear, signOut, replace } = vi.hoisted(() => ({
  me: { uid: "me", email: null, isAnonymous: true, metadata: {} },
  shopper: vi.fn(),
  call: vi.fn(),
  clear: vi.fn(() => Promise.resolve()),
  signOut: vi.fn(() => Promise.resolve()),
  replace: vi.fn(),
}));
vi.mock("firebase/auth", () => ({ signOut }));
vi.mock("../../lib/firebase", () => ({
  call,
  authentication: () => Promise.resolve("auth"),
  shopper,
}));
vi.mock("../../lib/queue", () => ({ queue: { clear, flush: () => Promise.resolve() } }));

const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));
const calls = () => call.mock.calls.map(([name]: string[]) => name);

beforeEach(() => {
  vi.clearAllMocks();
  vi.stubGlobal("location", { replace });
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
    this.dispatchEvent(new Event("close"));
  };
  localStorage.clear();
  begun.set(null);
  shopper.mockReset().mockResolvedValue(me);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test("deleting asks twice, and cancelling deletes nothing", () => {
  shown(<YourData />);
  press("Delete everything");
  const dialog = screen.getByRole("dialog", { name: "Delete everything?" });
  const [confirm] = screen.getAllByRole("button", { name: "Delete everything" }).slice(-1);
  expect(dialog).toContainElement(confirm ?? null);
  expect(confirm).toBeDisabled();
  press("Cancel");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(call).not.toHaveBeenCalled();
});

function deleteAll() {
  press("Delete everything");
  fireEvent.click(screen.getByRole("checkbox"));
  fireEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: /^Delete/ }));
}

test("the server is called until it is done, then the device forgets and the app starts anew", async () => {
  for (const key of ["bag", "likes", "searches", "theme"]) localStorage.setItem(key, "[]");
  call.mockResolvedValueOnce({ done: false }).mockResolvedValueOnce({ done: true });
  shown(<YourData />);
  deleteAll();
  await waitFor(() => {
    expect(replace).toHaveBeenCalledWith("/you?deleted");
  });
  expect(calls()).toEqual(["delete_my_data", "delete_my_data"]);
  expect(clear.mock.invocationCallOrder[0]).toBeLessThan(call.mock.invocationCallOrder[0] ?? 0);
  expect(signOut).toHaveBeenCalledWith("auth");
  expect(Object.keys(localStorage)).toEqual(["theme"]);
  expect(await indexedDB.databases()).toEqual([]);
});

test("the device forgets what the service worker served, which has its notes open", async () => {
  call.mockResolvedValue({ done: true });
  const served = await openDB("workbox-expiration", 1, {
    upgrade(notes) {
      notes.createObjectStore("cache-entries", { keyPath: "id" });
    },
  });
  await served.put("cache-entries", { id: "pictures|/p1.jpg", timestamp: 1 });
  shown(<YourData />);
  deleteAll();
  await waitFor(() => {
    expect(replace).toHaveBeenCalledWith("/you?deleted");
  });
  expect(await served.count("cache-entries")).toBe(0);
  served.close();
});

test("a deletion that failed says so, keeps what is here, and goes on at the next visit", async () => {
  localStorage.setItem("bag", "[]");
  call.mockRejectedValueOnce(new Error("unavailable"));
  const { unmount } = shown(<YourData />);
  deleteAll();
  expect(await screen.findByText(/Not everything is deleted yet/)).toBeVisible();
  expect(replace).not.toHaveBeenCalled();
  expect(localStorage.getItem("bag")).toBe("[]");
  unmount();

  call.mockResolvedValueOnce({ done: true });
  shown(<YourData />);
  await waitFor(() => {
    expect(replace).toHaveBeenCalledWith("/you?deleted");
  });
});

test("it does not go on once somebody else has signed in, and is forgotten", async () => {
  localStorage.setItem("bag", "[]");
  begun.set("me");
  shopper.mockResolvedValue({ ...me, uid: "another", isAnonymous: false });
  const { unmount } = shown(<YourData />);
  await waitFor(() => {
    expect(begun.get()).toBeNull();
  });
  unmount();
  shopper.mockResolvedValue(me);
  shown(<YourData />);
  expect(screen.getByRole("button", { name: "Delete everything" })).toHaveAttribute(
    "aria-disabled",
    "false",
  );
  expect(call).not.toHaveBeenCalled();
  expect(signOut).not.toHaveBeenCalled();
  expect(localStorage.getItem("bag")).toBe("[]");
});

test("it stops when somebody else signs in meanwhile", async () => {
  call.mockImplementationOnce(() => {
    shopper.mockResolvedValue({ ...me, uid: "another", isAnonymous: false });
    return Promise.resolve({ done: false });
  });
  shown(<YourData />);
  deleteAll();
  expect(await screen.findByText(/Not everything is deleted yet/)).toBeVisible();
  expect(call).toHaveBeenCalledOnce();
  expect(signOut).not.toHaveBeenCalled();
});

test("when the user is gone already, the device forgets, and who is new keeps their profile", async () => {
  localStorage.setItem("bag", "[]");
  begun.set("me");
  shopper.mockResolvedValue({ ...me, uid: "new" });
  shown(<YourData />);
  await waitFor(() => {
    expect(replace).toHaveBeenCalledWith("/you?deleted");
  });
  expect(call).not.toHaveBeenCalled();
  expect(Object.keys(localStorage)).toEqual([]);
});

test("what an earlier version noted, of nobody, begins nothing", async () => {
  begun.set(true as never);
  shown(<YourData />);
  await act(() => new Promise((resolve) => setTimeout(resolve)));
  expect(screen.getByRole("button", { name: "Delete everything" })).toHaveAttribute(
    "aria-disabled",
    "false",
  );
  expect(shopper).not.toHaveBeenCalled();
});

test("the export holds all pages, and what is on the device", async () => {
  localStorage.setItem("likes", '["c1"]');
  call
    .mockResolvedValueOnce({
      sign_in: { user_id: "me" },
      profile: { bought: [] },
      events: [{ n: 1 }],
      next_page_token: "1",
    })
    .mockResolvedValueOnce({
      sign_in: null,
      profile: null,
      events: [{ n: 2 }],
      next_page_token: null,
    });
  const all = await collected();
  expect(all.profile).toEqual({ bought: [] });
  expect(all.events).toEqual([{ n: 1 }, { n: 2 }]);
  expect(all.device).toMatchObject({ likes: '["c1"]' });
  expect(all.sign_in).toEqual({ user_id: "me" });
  expect(call.mock.calls).toEqual([
    ["export_my_data", {}],
    ["export_my_data", { page_token: "1" }],
  ]);
});

test("an export that fails says so", async () => {
  call.mockRejectedValue(new Error("unavailable"));
  shown(<YourData />);
  press("Download my data");
  expect(await screen.findByText(/could not be collected/)).toBeVisible();
});
