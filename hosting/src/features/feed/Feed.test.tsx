import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { Product } from "../../lib/api";
import { follows, likes, mark } from "../../lib/marks";
import { signals } from "../../lib/signals";
import { aProduct, turn } from "../../lib/testing";
import { clips, current, open, page, scrolledTo, setUp, videos } from "./testing";

vi.mock("../../lib/queue", () => ({ log: vi.fn() }));

setUp();

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

test("each clip has its poster below its video, and the first poster comes before the others", async () => {
  await open();
  const pictures = [...document.querySelectorAll("video")].map((video) => video.previousSibling);
  const told = (name: string) => pictures.map((one) => (one as Element).getAttribute(name));
  expect(told("src")).toEqual(["/c0.jpg", "/c1.jpg", "/c2.jpg"]);
  expect(told("fetchpriority")).toEqual(["high", "low", "low"]);
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

test("clips that cannot be had say so in the colours of the theme", async () => {
  vi.mocked(fetch).mockRejectedValue(new TypeError("offline"));
  await open();
  expect(await screen.findByText("The clips could not be loaded.")).toBeVisible();
  expect(screen.getByRole("main")).toHaveAttribute("data-over", "card");
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
  page.isWide = true;
  await open();
  expect(screen.getByText("rail c0")).toBeVisible();
  expect(screen.queryByText(/^pill/)).toBeNull();
});

test("the rail goes with its clip while the feed scrolls", async () => {
  page.isWide = true;
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
