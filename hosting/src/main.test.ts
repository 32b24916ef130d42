import { beforeEach, expect, test, vi } from "vitest";

vi.mock("./start", () => ({}));
vi.mock("./features/feed/first-clip", () => ({ showFirstClip: () => Promise.resolve() }));

/** How the page looks before the app is there. */
async function opened(stored?: string) {
  if (stored !== undefined) localStorage.setItem("theme", stored);
  vi.resetModules();
  await import("./main");
  return document.documentElement.dataset["theme"];
}

beforeEach(() => {
  localStorage.clear();
  delete document.documentElement.dataset["theme"];
});

test("the page begins in the colours that were chosen", async () => {
  expect(await opened('"dark"')).toBe("dark");
});

test.each([undefined, '"system"', "not JSON"])(
  "it is the system's look with %s",
  async (stored) => {
    expect(await opened(stored)).toBeUndefined();
  },
);
