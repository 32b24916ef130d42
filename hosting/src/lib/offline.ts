/** What works without a connection: the app itself, the feed, and the clips that were watched. */

import { useSyncExternalStore } from "react";

const CLIPS = "clips";
/** As many as the service worker would keep; see vite.config.ts. */
const MOST_CLIPS = 20;

/** Let the app be installed, and open without a connection from the next visit on. */
export function installOffline(): void {
  const manifest = document.createElement("link");
  manifest.rel = "manifest";
  manifest.href = "/manifest.webmanifest";
  document.head.append(manifest);
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  const register = () => {
    navigator.serviceWorker.register("/sw.js").catch((error: unknown) => {
      console.warn("no offline use", error);
    });
  };
  // After the first view, which needs the line for itself; the app may start after that has come.
  if (document.readyState === "complete") register();
  else window.addEventListener("load", register);
}

/** Load the page anew, by a new version where one waits: the old one would bring the same again. */
export async function reload(): Promise<void> {
  const { serviceWorker } = navigator as Partial<Navigator>;
  const found = await serviceWorker?.getRegistration().catch(() => undefined);
  if (!serviceWorker || !found?.waiting) {
    location.reload();
    return;
  }
  serviceWorker.addEventListener("controllerchange", () => {
    location.reload();
  });
  found.waiting.postMessage({ type: "SKIP_WAITING" });
}

/** Keep a clip that was watched, in the place of the oldest where there are many. */
export async function keepClip(url: string): Promise<void> {
  if (!("caches" in globalThis) || !navigator.serviceWorker.controller) return;
  const cache = await caches.open(CLIPS);
  if (!(await cache.match(url))) await cache.add(url);
  // The service worker bounds only what it has served itself.
  const oldest = (await cache.keys()).slice(0, -MOST_CLIPS);
  await Promise.all(oldest.map((kept) => cache.delete(kept)));
}

function subscribe(listener: () => void) {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

/** Whether there is a connection, as far as the browser knows. */
export function useOnline(): boolean {
  return useSyncExternalStore(subscribe, () => navigator.onLine);
}
