import described from "../../public/manifest.webmanifest?raw";
import { afterEach, expect, test, vi } from "vitest";
import { installOffline, keepClip, reload } from "./offline";

const register = vi.fn(() => Promise.resolve());
const getRegistration = vi.fn<() => Promise<unknown>>();
const serviceWorker = Object.assign(new EventTarget(), {
  register,
  getRegistration,
  controller: {},
});
vi.stubEnv("DEV", false);
Object.defineProperty(navigator, "serviceWorker", { value: serviceWorker, configurable: true });

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

test("a page is loaded anew by the new version that waits, once that has taken over", async () => {
  const postMessage = vi.fn();
  const anew = vi.fn();
  vi.stubGlobal("location", { reload: anew });
  getRegistration.mockResolvedValue({ waiting: { postMessage } });
  await reload();
  expect(postMessage).toHaveBeenCalledWith({ type: "SKIP_WAITING" });
  expect(anew).not.toHaveBeenCalled();
  serviceWorker.dispatchEvent(new Event("controllerchange"));
  expect(anew).toHaveBeenCalledOnce();
});

test.each([
  ["no version waits", () => Promise.resolve({ waiting: null })],
  ["nothing is installed", () => Promise.resolve(undefined)],
  ["the browser does not say", () => Promise.reject(new DOMException("", "SecurityError"))],
])("where %s it is loaded anew at once", async (_, answer) => {
  const anew = vi.fn();
  vi.stubGlobal("location", { reload: anew });
  getRegistration.mockImplementation(answer);
  await reload();
  expect(anew).toHaveBeenCalledOnce();
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
