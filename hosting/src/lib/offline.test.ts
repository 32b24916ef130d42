import described from "../../public/manifest.webmanifest?raw";
import { afterEach, expect, test, vi } from "vitest";
import { installOffline, keepClip } from "./offline";

const register = vi.fn(() => Promise.resolve());
vi.stubEnv("DEV", false);
Object.defineProperty(navigator, "serviceWorker", {
  value: { register, controller: {} },
  configurable: true,
});

afterEach(() => {
  document.head.replaceChildren();
  register.mockClear();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test("the service worker waits for the page to have loaded", () => {
  vi.spyOn(document, "readyState", "get").mockReturnValue("interactive");
  installOffline();
  expect(register).not.toHaveBeenCalled();
  window.dispatchEvent(new Event("load"));
  expect(register).toHaveBeenCalledWith("/sw.js");
});

test("it is registered as well when the app starts after that", () => {
  vi.spyOn(document, "readyState", "get").mockReturnValue("complete");
  installOffline();
  expect(register).toHaveBeenCalledWith("/sw.js");
});

test("the manifest is linked by the app, once it runs", () => {
  expect(document.head.querySelector("link[rel=manifest]")).toBeNull();
  installOffline();
  expect(document.head.querySelector("link[rel=manifest]")).toHaveAttribute(
    "href",
    "/manifest.webmanifest",
  );
});

test("the installed app turns as it is held", () => {
  expect(JSON.parse(described)).not.toHaveProperty("orientation");
});

test("twenty watched clips are kept, the newest", async () => {
  const kept = new Set<string>();
  const cache = {
    match: (url: string) => Promise.resolve(kept.has(url) || undefined),
    add: (url: string) => Promise.resolve(void kept.add(url)),
    keys: () => Promise.resolve([...kept]),
    delete: (url: string) => Promise.resolve(kept.delete(url)),
  };
  vi.stubGlobal("caches", { open: () => Promise.resolve(cache) });
  for (let place = 0; place < 23; place += 1) await keepClip(`/c${place}.mp4`);
  await keepClip("/c22.mp4");
  expect([...kept]).toEqual(Array.from({ length: 20 }, (_, place) => `/c${place + 3}.mp4`));
});
