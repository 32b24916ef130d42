import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { localStore } from "./store";

/** What another tab does to the storage, and what this one is told of it. */
function elsewhere(key: string | null, value?: unknown) {
  if (key === null) localStorage.clear();
  else localStorage.setItem(key, JSON.stringify(value));
  act(() => void window.dispatchEvent(new StorageEvent("storage", { key })));
}

beforeEach(() => {
  localStorage.clear();
});
afterEach(() => {
  vi.restoreAllMocks();
});

test("what another tab keeps is seen here, and not written over", () => {
  const store = localStore<string[]>("held", []);
  const { result } = renderHook(() => store.use());
  store.set(["ours"]);
  elsewhere("held", ["ours", "theirs"]);
  expect(result.current).toEqual(["ours", "theirs"]);
  store.set([...store.get(), "ours too"]);
  expect(localStorage.getItem("held")).toBe('["ours","theirs","ours too"]');
});

test("what another tab clears is forgotten, and what is not its own leaves a store alone", () => {
  const store = localStore<string[]>("held", []);
  const told = vi.fn();
  store.subscribe(told);
  store.set(["ours"]);
  elsewhere("other", ["theirs"]);
  expect(told).toHaveBeenCalledTimes(1);
  elsewhere(null);
  expect(store.get()).toEqual([]);
  expect(told).toHaveBeenCalledTimes(2);
});

test("a storage that is full or blocked holds nobody up, and the value is told", () => {
  const warned = vi.spyOn(console, "warn").mockReturnValue();
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  const store = localStore<string[]>("held", []);
  const { result } = renderHook(() => store.use());
  act(() => {
    store.set(["ours"]);
  });
  expect(result.current).toEqual(["ours"]);
  expect(warned).toHaveBeenCalled();
});
