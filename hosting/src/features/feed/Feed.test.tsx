import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Product } from "../../lib/api";
import { follows, likes, mark, saves } from "../../lib/marks";
import { log } from "../../lib/queue";
import { share } from "../../lib/share";
import { signals } from "../../lib/signals";
import { aProduct, turn } from "../../lib/testing";
import { Feed } from "./Feed";
import { FeedState } from "./FeedState";
import type { Tab } from "./feed-context";

vi.mock("../../lib/queue", () => ({ log: vi.fn() }));
vi.mock("../../lib/share", () => ({ share: vi.fn() }));

const clips = Array.from({ length: 12 }, (_, place) => ({
  clip_id: `c${place}`,
  creator: `@creator${place % 3}`,
  caption: `caption ${place}`,
  topic: "tents",
  video_url: `/c${place}.mp4`,
  poster_url: `/c${place}.jpg`,
  duration_s: 4,
  like_count: place,
  product_ids: [],
  products: [],
}));

const play = vi.fn(() => Promise.resolve());
const pause = vi.fn();

/** What jsdom lacks: a slot comes into view when the test says so. */
let scrolledTo: (place: number) => void;
/** What is watched for that. */
let watched: Element[];
/** And a window of some width: a phone's, until a test says otherwise. */
let isWide: boolean;

beforeEach(() => {
  let callback: IntersectionObserverCallback;
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(given: IntersectionObserverCallback) {
        callback = given;
        watched = [];
      }
      observe = (slot: Element) => watched.push(slot);
      disconnect = vi.fn();
    },
  );
  scrolledTo = (place) => {
    const target = document.querySelector(`[data-place="${place}"]`);
    const entry = { target, isIntersecting: true } as unknown as IntersectionObserverEntry;
    act(() => {
      callback([entry], undefined as unknown as IntersectionObserver);
    });
  };
  vi.stubGlobal(
    "fetch",
    vi.fn(() => Promise.resolve(Response.json({ release: "r1", clips }))),
  );
  isWide = false;
  vi.stubGlobal("matchMedia", () => ({
    matches: isWide,
    addEventListener: vi.fn(),
    removeEventListener: vi.fn(),
  }));
  Element.prototype.scrollTo = vi.fn() as never;
  HTMLMediaElement.prototype.play = play.mockClear();
  HTMLMediaElement.prototype.pause = pause.mockClear();
});

afterEach(() => {
  cleanup();
  for (const marks of [likes, saves, follows]) marks.set([]);
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function open(tab: Tab = "for-you", path = "/") {
  const client = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Infinity, refetchOnWindowFocus: false } },
  });
  const app = (tab: Tab) => (
    <QueryClientProvider client={client}>
      <MemoryRouter initialEntries={[path]}>
        <FeedState>
          <Feed
            key={tab}
            tab={tab}
            renderCard={({ slotKey }) => <p>card {slotKey}</p>}
            renderPill={({ clip, release }) =>
              `pill ${clip.clip_id} of ${release}${clip.products.map((p) => ` with ${p.product_id}`).join("")}`
            }
            renderRail={({ clip }) => `rail ${clip.clip_id}`}
          />
        </FeedState>
      </MemoryRouter>
    </QueryClientProvider>
  );
  const { rerender } = render(app(tab));
  await waitFor(() => {
    expect(document.querySelector('[aria-busy="true"]')).toBeNull();
  });
  // Effects that came with the clips.
  await act(async () => Promise.resolve());
  return {
    turnTo: (other: Tab) => {
      rerender(app(other));
    },
  };
}

const current = () => document.querySelector('[data-current="true"]');
const videos = () => [...document.querySelectorAll("video")].map((v) => v.getAttribute("src"));

test("never more than five clips are mounted, however far one goes", async () => {
  await open();
  for (let place = 0; place < 40; place += 1) {
    scrolledTo(place);
    expect(videos().length).toBeLessThanOrEqual(5);
    expect(current()).toHaveAttribute("data-place", String(place));
  }
});

test("nor when swipes follow each other sooner than what is mounted can", async () => {
  await open();
  scrolledTo(10);
  await waitFor(() => {
    expect(videos()).toHaveLength(5);
  });
  for (let place = 11; place < 16; place += 1) {
    scrolledTo(place);
    expect(videos().length).toBeLessThanOrEqual(5);
  }
});

test("a clip plays once the swipe to it has come to rest, and the one that was left stops at once", async () => {
  await open();
  const played: unknown[] = play.mock.contexts;
  const paused: unknown[] = pause.mock.contexts;
  await waitFor(() => {
    expect(played).toHaveLength(1);
  });
  const [first, second, third] = document.querySelectorAll("video");
  vi.useFakeTimers();
  scrolledTo(1);
  expect(paused.at(-1)).toBe(first);
  act(() => void vi.advanceTimersByTime(149));
  scrolledTo(2);
  act(() => void vi.advanceTimersByTime(149));
  expect(played).toEqual([first]);
  act(() => void vi.advanceTimersByTime(1));
  expect(played).toEqual([first, third]);
  expect(played).not.toContain(second);
  vi.useRealTimers();
});

test("each clip has its poster below its video, and the first poster comes before the others", async () => {
  await open();
  const pictures = [...document.querySelectorAll("video")].map((video) => video.previousSibling);
  const told = (name: string) => pictures.map((one) => (one as Element).getAttribute(name));
  expect(told("src")).toEqual(["/c0.jpg", "/c1.jpg", "/c2.jpg"]);
  expect(told("fetchpriority")).toEqual(["high", "low", "low"]);
});

test("sound is off until it is turned on, and then stays on from clip to clip", async () => {
  await open();
  const there = () => within(current() as HTMLElement);
  const isMuted = () => current()?.querySelector("video")?.muted;
  expect(isMuted()).toBe(true);
  fireEvent.click(there().getByRole("button", { name: "Unmute" }));
  expect(isMuted()).toBe(false);
  scrolledTo(1);
  expect(isMuted()).toBe(false);
  fireEvent.click(there().getByRole("button", { name: "Mute" }));
  expect(isMuted()).toBe(true);
});

test("what comes next is loaded once the first clip plays, and no sooner", async () => {
  await open();
  const preloads = () => [...document.querySelectorAll("video")].map((v) => v.preload);
  expect(preloads()).toEqual(["auto", "none", "none"]);
  fireEvent.playing(document.querySelector("video") as HTMLVideoElement);
  expect(preloads()).toEqual(["auto", "auto", "auto"]);
});

test("two clips are ready ahead, with a card in between as well", async () => {
  await open();
  for (const place of [2, 3, 4]) {
    scrolledTo(place);
    expect(videos().length).toBeLessThanOrEqual(5);
    await waitFor(() => {
      const ahead = [...document.querySelectorAll(`[data-current="true"] ~ * video`)];
      expect(ahead.length).toBeGreaterThanOrEqual(2);
    });
    expect(videos().length).toBeLessThanOrEqual(5);
  }
});

test("the next card is asked for long before it is reached, and only that one", async () => {
  await open();
  expect(screen.queryByText(/^card/)).toBeNull(); // the first clip comes first
  scrolledTo(1);
  expect(screen.getAllByText(/^card/)).toHaveLength(1);
});

test("keys work wherever the focus is, but in a field", async () => {
  await open();
  const scroll = vi.spyOn(Element.prototype, "scrollTo");
  fireEvent.keyDown(document.body, { key: "ArrowDown" });
  expect(scroll).toHaveBeenLastCalledWith(expect.objectContaining({ behavior: "smooth" }));
  fireEvent.keyDown(document.body, { key: "l" });
  expect(likes.get()).toEqual(["c0"]);
  fireEvent.keyDown(document.body, { key: "l" });
  expect(likes.get()).toEqual([]);
  expect(document.querySelector("video")?.muted).toBe(true);
  fireEvent.keyDown(document.body, { key: "m" });
  expect(document.querySelector("video")?.muted).toBe(false);
  fireEvent.keyDown(document.body, { key: " " });
  expect(screen.getByRole("button", { name: "Play" })).toBeVisible();
  const field = document.body.appendChild(document.createElement("input"));
  fireEvent.keyDown(field, { key: "l" });
  expect(likes.get()).toEqual([]);
  field.remove();
});

test("arrow and page keys go on and back", async () => {
  await open();
  const scroll = vi.spyOn(Element.prototype, "scrollTo").mockClear();
  const feed = screen.getByRole("feed");
  Object.defineProperty(feed, "clientHeight", { value: 700 });
  feed.scrollTop = 1400;
  for (const key of ["ArrowDown", "PageDown", "ArrowUp", "PageUp"]) {
    fireEvent.keyDown(document.body, { key });
  }
  const tops = scroll.mock.calls.map(([to]) => (to as ScrollToOptions).top);
  expect(tops).toEqual([2100, 2100, 700, 700]);
});

test("keys move at once for whoever wants no motion", async () => {
  vi.stubGlobal("matchMedia", (query: string) => ({
    matches: query === "(prefers-reduced-motion: reduce)",
    addEventListener: vi.fn(),
    removeEventListener: vi.fn(),
  }));
  await open();
  const scroll = vi.spyOn(Element.prototype, "scrollTo").mockClear();
  fireEvent.keyDown(document.body, { key: "ArrowDown" });
  expect(scroll).toHaveBeenLastCalledWith(expect.objectContaining({ behavior: "instant" }));
});

test("like, save and follow can be taken back, and one's own like counts", async () => {
  await open();
  scrolledTo(1);
  const button = (name: RegExp) => within(current() as HTMLElement).getByRole("button", { name });
  for (const [name, marks, what] of [
    [/^Like/, likes, "c1"],
    [/^Save/, saves, "c1"],
    [/^Follow/, follows, "@creator1"],
  ] as const) {
    fireEvent.click(button(name));
    expect(marks.get()).toEqual([what]);
    expect(button(name)).toHaveAttribute("aria-pressed", "true");
    if (marks === likes) expect(button(name)).toHaveAccessibleName("Like 2");
    fireEvent.click(button(name));
    expect(marks.get()).toEqual([]);
    expect(button(name)).toHaveAttribute("aria-pressed", "false");
  }
});

test.each([
  ["copied", "Link copied."],
  ["shared", ""],
] as const)("a clip's link that is %s says '%s', for a while", async (done, said) => {
  vi.mocked(share).mockResolvedValue(done);
  await open();
  const there = within(current() as HTMLElement);
  vi.useFakeTimers();
  fireEvent.click(there.getByRole("button", { name: "Share" }));
  expect(share).toHaveBeenLastCalledWith("caption 0", `${location.origin}/?clip=c0`);
  const notice = there.getByRole("status");
  await act(() => vi.advanceTimersByTimeAsync(2400));
  expect(notice.textContent).toBe(said);
  await act(() => vi.advanceTimersByTimeAsync(200));
  expect(notice).toBeEmptyDOMElement();
  vi.useRealTimers();
});

test("a clip's link that cannot be copied is there, to be copied by hand", async () => {
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  vi.mocked(share).mockResolvedValue("failed");
  await open();
  fireEvent.click(within(current() as HTMLElement).getByRole("button", { name: "Share" }));
  expect(await screen.findByLabelText("Copy it from here")).toHaveValue(
    `${location.origin}/?clip=c0`,
  );
});

test("a clip's progress is as far along as what is played of it", async () => {
  await open();
  const video = current()?.querySelector("video") as HTMLVideoElement;
  const progress = () => (current()?.querySelector('[class*="progress"]') as HTMLElement).style;
  Object.defineProperty(video, "duration", { value: 8 });
  video.currentTime = 2;
  fireEvent.timeUpdate(video);
  expect(progress().getPropertyValue("scale")).toBe("0.25 1");
});

test("a double tap likes and never unlikes; a tap pauses", async () => {
  await open();
  const pause = () => within(current() as HTMLElement).getByRole("button", { name: "Pause" });
  const video = pause();
  vi.useFakeTimers();
  const tap = (timeStamp: number) => {
    const event = new MouseEvent("click", { bubbles: true, detail: 1 });
    Object.defineProperty(event, "timeStamp", { value: timeStamp });
    fireEvent(video, event);
  };
  tap(1000);
  tap(1100);
  expect(likes.get()).toEqual(["c0"]);
  tap(1200);
  expect(likes.get()).toEqual(["c0"]);
  act(() => {
    vi.advanceTimersByTime(1000);
  });
  expect(pause()).toBe(video);
  tap(5000);
  act(() => {
    vi.advanceTimersByTime(300);
  });
  expect(screen.getByRole("button", { name: "Play" })).toBe(video);
  vi.useRealTimers();
});

test("a double tap shows a heart where it was, for a while", async () => {
  await open();
  const button = within(current() as HTMLElement).getByRole("button", { name: "Pause" });
  vi.useFakeTimers();
  for (const timeStamp of [1000, 1100]) {
    const event = new MouseEvent("click", { bubbles: true, detail: 1, clientX: 70, clientY: 90 });
    Object.defineProperty(event, "timeStamp", { value: timeStamp });
    fireEvent(button, event);
  }
  const heart = button.querySelector("span");
  expect(heart).toHaveStyle({ left: "70px", top: "90px" });
  act(() => void vi.advanceTimersByTime(800));
  expect(heart).not.toBeInTheDocument();
  vi.useRealTimers();
});

test("a clip that may not play says so, and one that is stopped", async () => {
  play.mockRejectedValueOnce(new DOMException("not now", "NotAllowedError"));
  await open();
  const button = await screen.findByRole("button", { name: "Play" });
  const video = document.querySelector("video") as HTMLVideoElement;
  play.mockClear();
  fireEvent.click(button);
  expect(play).toHaveBeenCalledTimes(1);
  expect(button).toHaveAccessibleName("Pause");
  fireEvent.pause(video);
  expect(button).toHaveAccessibleName("Play");
  fireEvent.play(video);
  expect(button).toHaveAccessibleName("Pause");
});

test("a clip that may not play with its sound plays without", async () => {
  await open();
  fireEvent.click(within(current() as HTMLElement).getByRole("button", { name: "Unmute" }));
  play.mockClear().mockRejectedValueOnce(new DOMException("not now", "NotAllowedError"));
  scrolledTo(1);
  const there = within(current() as HTMLElement);
  expect(await there.findByRole("button", { name: "Unmute" })).toBeVisible();
  expect(current()?.querySelector("video")?.muted).toBe(true);
  expect(play).toHaveBeenCalledTimes(2);
  expect(there.getByRole("button", { name: "Pause" })).toBeVisible();
});

test("a clip that may not even play without its sound says so", async () => {
  const refusal = new DOMException("not now", "NotAllowedError");
  play.mockRejectedValueOnce(refusal).mockRejectedValueOnce(refusal);
  await open();
  const there = within(current() as HTMLElement);
  fireEvent.click(there.getByRole("button", { name: "Unmute" }));
  expect(await there.findByRole("button", { name: "Play" })).toBeVisible();
  expect(play).toHaveBeenCalledTimes(2);
});

test("a clip that was left is not one that the shopper has stopped", async () => {
  await open();
  const [first] = document.querySelectorAll("video");
  scrolledTo(1);
  fireEvent.pause(first as HTMLVideoElement);
  scrolledTo(0);
  expect(within(current() as HTMLElement).getByRole("button", { name: "Pause" })).toBeVisible();
});

test("a clip rests while the shopper is elsewhere, and goes on when they are back", async () => {
  await open();
  const [first] = document.querySelectorAll("video");
  const pause = vi.spyOn(first as HTMLVideoElement, "pause");
  act(() => {
    turn("hidden");
  });
  expect(pause).toHaveBeenCalledTimes(1);
  fireEvent.pause(first as HTMLVideoElement);
  play.mockClear();
  act(() => {
    turn("visible");
  });
  await waitFor(() => {
    expect(play).toHaveBeenCalledTimes(1);
  });
  expect(within(current() as HTMLElement).getByRole("button", { name: "Pause" })).toBeVisible();
});

test("a clip counts as watched after two seconds", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  await open();
  act(() => {
    vi.advanceTimersByTime(2100);
  });
  expect(log).toHaveBeenCalledWith({ type: "view_clip", clip_id: "c0" });
  vi.useRealTimers();
});

test("only time in which the page is in sight counts, and a clip counts once", async () => {
  vi.mocked(log).mockClear();
  turn("hidden");
  vi.useFakeTimers({ shouldAdvanceTime: true });
  await open();
  const pass = (milliseconds: number) => {
    act(() => void vi.advanceTimersByTime(milliseconds));
  };
  pass(5000);
  expect(log).not.toHaveBeenCalled();
  for (let turns = 0; turns < 2; turns += 1) {
    act(() => {
      turn("visible");
    });
    pass(2100);
    expect(log).toHaveBeenCalledTimes(1);
    act(() => {
      turn("hidden");
    });
  }
  vi.useRealTimers();
});

test("each feed has cards of its own", async () => {
  const card = () => screen.getAllByText(/^card/)[0]?.textContent;
  for (const { creator } of clips) mark(follows, creator, true);
  await open();
  scrolledTo(1);
  const first = card();
  cleanup();
  await open("following");
  scrolledTo(1);
  expect(card()).toMatch(/^card following/);
  expect(card()).not.toBe(first);
});

test("a second tap takes back that somebody is followed no longer, and nothing has moved", async () => {
  for (const creator of ["@creator0", "@creator1"]) mark(follows, creator, true);
  await open("following");
  scrolledTo(1);
  const before = videos();
  const follow = () =>
    within(current() as HTMLElement).getByRole("button", { name: "Follow @creator1" });
  fireEvent.click(follow());
  expect(follows.get()).toEqual(["@creator0"]);
  expect(videos()).toEqual(before);
  fireEvent.click(follow());
  expect(new Set(follows.get())).toEqual(new Set(["@creator0", "@creator1"]));
});

test("who is followed no longer is gone once following is opened again, and it begins anew", async () => {
  for (const creator of ["@creator0", "@creator1"]) mark(follows, creator, true);
  const { turnTo } = await open("following");
  scrolledTo(1);
  act(() => {
    mark(follows, "@creator0", false);
  });
  expect(current()).toHaveAttribute("data-place", "1");
  turnTo("for-you");
  turnTo("following");
  await waitFor(() => {
    expect(videos()).toEqual(["/c1.mp4", "/c4.mp4", "/c7.mp4"]);
  });
  expect(current()).toHaveAttribute("data-place", "0");
  // Whoever is followed after nobody was is all that there is.
  act(() => {
    mark(follows, "@creator1", false);
  });
  fireEvent.click(screen.getByRole("button", { name: "Follow @creator2" }));
  expect(videos()).toEqual(["/c2.mp4", "/c5.mp4", "/c8.mp4"]);
});

test("a creator's only clip comes again and again, with cards between", async () => {
  const only = [{ ...clips[0], creator: "@only" }];
  vi.mocked(fetch).mockResolvedValue(Response.json({ release: "r1", clips: only }));
  mark(follows, "@only", true);
  await open("following");
  const kinds = () =>
    screen.getAllByRole("article", { hidden: true }).map((slot) => slot.dataset["testid"]);
  expect(kinds()).toEqual(["clip", "clip", "clip", "clip", "shop-card"]);
  scrolledTo(4);
  expect(kinds().slice(5)).toEqual(["clip", "clip", "clip", "clip", "shop-card"]);
});

test("following that was empty for a moment is where it was, and follows the scrolling", async () => {
  isWide = true;
  mark(follows, "@creator0", true);
  await open("following");
  scrolledTo(1);
  act(() => {
    mark(follows, "@creator0", false);
  });
  // What stands beside the feed goes with it.
  expect(screen.queryByText(/^rail/)).toBeNull();
  const scroll = vi.spyOn(Element.prototype, "scrollTo").mockClear();
  act(() => {
    mark(follows, "@creator0", true);
  });
  expect(scroll).toHaveBeenCalledWith(expect.objectContaining({ behavior: "instant" }));
  expect(current()).toHaveAttribute("data-place", "1");
  const there = watched.filter((slot) => slot.isConnected);
  expect(there).toHaveLength(screen.getAllByRole("article", { hidden: true }).length);
});

test("clips that cannot be had say so in the colours of the theme", async () => {
  vi.mocked(fetch).mockRejectedValue(new TypeError("offline"));
  await open();
  expect(await screen.findByText("The clips could not be loaded.")).toBeVisible();
  expect(screen.getByRole("main")).toHaveAttribute("data-over", "card");
});

test("following shows the clips of those who are followed, and before that whom to follow", async () => {
  await open("following");
  expect(screen.getByText("Follow someone, and their clips are here.")).toBeVisible();
  fireEvent.click(screen.getByRole("button", { name: "Follow @creator2" }));
  await waitFor(() => {
    expect(videos()).toEqual(["/c2.mp4", "/c5.mp4", "/c8.mp4"]);
  });
});

test.each([
  [false, "pill c5 of r1"],
  [true, "rail c5"],
])("a link to a clip opens the feed with it, and what it sells: wide %s", async (wide, text) => {
  isWide = wide;
  await open("for-you", "/?clip=c5");
  await waitFor(() => {
    expect(current()).toHaveAccessibleName("caption 5");
  });
  expect(screen.getByText(text)).toBeVisible();
});

test("after a long absence a clip no longer offers what has sold out meanwhile", async () => {
  const tent = aProduct({ product_id: "tent" });
  const offering = (products: Product[]) =>
    Promise.resolve(
      Response.json({ release: "r1", clips: clips.map((c) => ({ ...c, products })) }),
    );
  vi.mocked(fetch).mockImplementation(() => offering([tent]));
  vi.useFakeTimers({ shouldAdvanceTime: true, toFake: ["Date"] });
  await open();
  scrolledTo(1);
  expect(current()).toHaveTextContent(/^pill c1 of r1 with tent@/);
  vi.mocked(fetch).mockImplementation(() => offering([]));
  for (const [passed, text] of [
    [3_500_000, /^pill c1 of r1 with tent@/],
    [3_600_000, /^pill c1 of r1@/],
  ] as const) {
    vi.setSystemTime(Date.now() + passed);
    act(() => {
      turn("hidden");
    });
    act(() => {
      turn("visible");
    });
    await act(() => new Promise((resolve) => setTimeout(resolve)));
    await waitFor(() => {
      expect(current()).toHaveTextContent(text);
    });
  }
  expect(current()).toHaveAttribute("data-place", "1");
  vi.useRealTimers();
});

test("a pill does not lead to what the rail beside it has", async () => {
  isWide = true;
  await open();
  expect(screen.getByText("rail c0")).toBeVisible();
  expect(screen.queryByText(/^pill/)).toBeNull();
});

test("the rail goes with its clip while the feed scrolls", async () => {
  isWide = true;
  await open();
  const feed = screen.getByRole("feed");
  Object.defineProperty(feed, "clientHeight", { value: 700 });
  const scroll = (top: number) => {
    feed.scrollTop = top;
    fireEvent.scroll(feed);
  };
  const rail = () => screen.getByText(/^rail/);
  scroll(300);
  expect(rail()).toHaveStyle({ translate: "0 -300px" });
  scroll(500);
  scrolledTo(1);
  expect(rail()).toHaveTextContent("rail c1");
  expect(rail()).toHaveStyle({ translate: "0 200px" });
});

test("where there is no room for the rail, nothing of it is rendered", async () => {
  await open();
  expect(screen.getByText("pill c0 of r1")).toBeVisible();
  expect(screen.queryByText(/^rail/)).toBeNull();
});

// Last, as a signal stays raised for the tests after it.
test("what was searched for before the feed was opened has the very next slot", async () => {
  signals.raise();
  await open();
  expect(document.querySelector('[data-place="1"]')).toHaveAttribute("data-testid", "shop-card");
  expect(document.querySelector('[data-place="2"]')).toHaveAttribute("data-testid", "clip");
});

test("so it has below a clip that a search has led to", async () => {
  signals.raise();
  await open("for-you", "/?clip=c5");
  await waitFor(() => {
    expect(current()).toHaveAccessibleName("caption 5");
  });
  expect(document.querySelector('[data-place="1"]')).toHaveAttribute("data-testid", "shop-card");
});
