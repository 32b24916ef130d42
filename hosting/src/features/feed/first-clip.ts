/**
 * The first clip's picture, in the page before the app is: the entry script is small, so that the
 * feed and its first poster come over the line beside the app's own script, and not after it.
 */

import type { FeedResponse } from "../../lib/api";
import { publicFile } from "../../lib/http";
import { startingWith } from "./slots";

const ID = "first-clip";
/** The app, which is on its way meanwhile, waits no longer for the picture than this. */
const PATIENCE_MS = 500;
const LARGEST = "largest-contentful-paint";

let early: Promise<FeedResponse> | undefined;
let wanted = false;

/** Show the poster of the clip that the feed begins with; resolves when it is seen, or is late. */
export async function showFirstClip(): Promise<void> {
  if (location.pathname !== "/") return;
  wanted = true;
  early = feed();
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  // A failure is told by the feed, which waits for the same answer.
  await Promise.race([early.then(show).catch(() => undefined), patience]);
}

/** The feed has its first clip, or does without: its picture goes, or never comes. */
export function hideFirstClip(): void {
  wanted = false;
  document.getElementById(ID)?.remove();
}

/** The release's clips: those asked for with the page, and after that anew. */
export function feed(): Promise<FeedResponse> {
  const asked = early ?? publicFile<FeedResponse>("/feed.json");
  early = undefined;
  return asked;
}

async function show({ clips }: FeedResponse): Promise<void> {
  const [first] = startingWith(clips, new URLSearchParams(location.search).get("clip"));
  if (!wanted || !first) return;
  const poster = new Image();
  poster.id = ID;
  poster.alt = "";
  poster.fetchPriority = "high";
  poster.src = first.poster_url;
  document.body.append(poster);
  // On a wide screen there is no place for it: what is never painted is not waited for.
  if (getComputedStyle(poster).display === "none") return;
  await poster.decode();
  await painted(poster);
}

/** Resolves when a decoded picture has been painted; with the next frame where that is not told. */
function painted(picture: HTMLImageElement): Promise<void> {
  return new Promise((resolve) => {
    if (!PerformanceObserver.supportedEntryTypes.includes(LARGEST)) {
      requestAnimationFrame(() => setTimeout(resolve));
      return;
    }
    new PerformanceObserver((seen, observer) => {
      const entries = seen.getEntries() as LargestContentfulPaint[];
      if (!entries.some(({ element }) => element === picture)) return;
      observer.disconnect();
      resolve();
    }).observe({ type: LARGEST, buffered: true });
  });
}
