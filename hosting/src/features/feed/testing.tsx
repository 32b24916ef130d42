/** A feed in a browser that has no layout: what its tests open, and how they move it. */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, waitFor } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { follows, likes, saves } from "../../lib/marks";
import { Feed } from "./Feed";
import { FeedState } from "./FeedState";
import type { Tab } from "./feed-context";

export const clips = Array.from({ length: 12 }, (_, place) => ({
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

export const play = vi.fn(() => Promise.resolve());
export const pause = vi.fn();

/** What jsdom lacks. */
export const page = {
  /** The slots that are watched for coming into view. */
  watched: [] as Element[],
  /** Whether the window is a desktop's: a phone's, until a test says otherwise. */
  isWide: false,
  callback: undefined as IntersectionObserverCallback | undefined,
};

/** A slot comes into view. */
export function scrolledTo(place: number): void {
  const target = document.querySelector(`[data-place="${place}"]`);
  const entry = { target, isIntersecting: true } as unknown as IntersectionObserverEntry;
  act(() => {
    page.callback?.([entry], undefined as unknown as IntersectionObserver);
  });
}

/** To be called by each file of tests: a page like new for each of them. */
export function setUp(): void {
  beforeEach(() => {
    vi.stubGlobal(
      "IntersectionObserver",
      class {
        constructor(given: IntersectionObserverCallback) {
          page.callback = given;
          page.watched = [];
        }
        observe = (slot: Element) => page.watched.push(slot);
        disconnect = vi.fn();
      },
    );
    vi.stubGlobal(
      "fetch",
      vi.fn(() => Promise.resolve(Response.json({ release: "r1", clips }))),
    );
    page.isWide = false;
    vi.stubGlobal("matchMedia", () => ({
      matches: page.isWide,
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
}

/** Open a feed, and wait for its clips. */
export async function open(tab: Tab = "for-you", path = "/") {
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
            renderCard={({ slotKey }) => <p>{`card ${slotKey}`}</p>}
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

export const current = () => document.querySelector('[data-current="true"]');
export const videos = () =>
  [...document.querySelectorAll("video")].map((v) => v.getAttribute("src"));
