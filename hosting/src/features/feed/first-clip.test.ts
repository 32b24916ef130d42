import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { feed, hideFirstClip, showFirstClip } from "./first-clip";

const clips = ["c0", "c1"].map((clip_id) => ({ clip_id, poster_url: `/${clip_id}.jpg` }));
const fetched = vi.fn<() => Promise<Response>>();
const decode = vi.fn<() => Promise<void>>();
const poster = () => document.querySelector("#first-clip")?.getAttribute("src");

beforeEach(() => {
  vi.stubGlobal("fetch", fetched);
  fetched.mockReset().mockImplementation(() => Promise.resolve(Response.json({ clips })));
  HTMLImageElement.prototype.decode = decode.mockReset().mockResolvedValue();
});

afterEach(async () => {
  hideFirstClip();
  await feed().catch(() => undefined);
  history.replaceState(null, "", "/");
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("the poster of the clip that the feed begins with is there before the app", async () => {
  await showFirstClip();
  expect(poster()).toBe("/c0.jpg");
  hideFirstClip();
  expect(poster()).toBeUndefined();
});

test("a link to a clip shows its poster", async () => {
  history.replaceState(null, "", "/?clip=c1");
  await showFirstClip();
  expect(poster()).toBe("/c1.jpg");
});

test("the feed's file is asked for once, and anew when that has been taken", async () => {
  await showFirstClip();
  await feed();
  expect(fetched).toHaveBeenCalledTimes(1);
  await feed();
  expect(fetched).toHaveBeenCalledTimes(2);
});

test("a file that cannot be had does not keep the app waiting, and the feed is told", async () => {
  fetched.mockRejectedValue(new TypeError("offline"));
  await showFirstClip();
  await expect(feed()).rejects.toThrow("offline");
});

test("the app waits half a second for a picture, and no longer", async () => {
  vi.useFakeTimers();
  decode.mockReturnValue(new Promise(() => undefined));
  const done = vi.fn();
  void showFirstClip().then(done);
  await vi.advanceTimersByTimeAsync(499);
  expect(done).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(done).toHaveBeenCalled();
});

test("where the browser tells what it paints, the app waits for this picture's paint", async () => {
  let tell: (element: Element | null) => void = () => undefined;
  class Observer {
    static supportedEntryTypes = ["largest-contentful-paint"];
    constructor(callback: (list: { getEntries: () => unknown[] }, self: Observer) => void) {
      tell = (element) => {
        callback({ getEntries: () => [{ element }] }, this);
      };
    }
    observe = vi.fn();
    disconnect = vi.fn();
  }
  vi.stubGlobal("PerformanceObserver", Observer);
  vi.useFakeTimers();
  const done = vi.fn();
  void showFirstClip().then(done);
  await vi.advanceTimersByTimeAsync(100);
  tell(document.body);
  await vi.advanceTimersByTimeAsync(100);
  expect(done).not.toHaveBeenCalled();
  tell(document.querySelector("#first-clip"));
  await vi.advanceTimersByTimeAsync(0);
  expect(done).toHaveBeenCalled();
});

test("where the picture has no place, the app does not wait for it", async () => {
  const styles = document.head.appendChild(document.createElement("style"));
  styles.textContent = "#first-clip { display: none }";
  decode.mockReturnValue(new Promise(() => undefined));
  vi.useFakeTimers();
  const done = vi.fn();
  void showFirstClip().then(done);
  await vi.advanceTimersByTimeAsync(0);
  styles.remove();
  expect(done).toHaveBeenCalled();
});

test("a picture that comes after the feed stays away, and so it does on other pages", async () => {
  const shown = showFirstClip();
  hideFirstClip();
  await shown;
  expect(poster()).toBeUndefined();
  await feed();
  history.replaceState(null, "", "/search");
  fetched.mockClear();
  await showFirstClip();
  expect(fetched).not.toHaveBeenCalled();
});
