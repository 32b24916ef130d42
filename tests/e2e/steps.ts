/** What shoppers do in the app, and how what they did is found in the emulators. */

import AxeBuilder from "@axe-core/playwright";
import { type APIRequestContext, type Locator, type Page, expect } from "@playwright/test";

const DRAG_STEPS = 12;

interface Point {
  x: number;
  y: number;
}

export const current = (page: Page) => page.locator('article[data-current="true"]');

/** Go to the next slot, or to the one before, and wait until it is the current one. */
export async function swipe(page: Page, key: "ArrowDown" | "ArrowUp" = "ArrowDown"): Promise<void> {
  const before = await current(page).getAttribute("data-place");
  await page.getByRole("feed").focus();
  await page.keyboard.press(key);
  await expect(current(page)).not.toHaveAttribute("data-place", before ?? "");
  await atRest(page);
}

/** Wait until a slot fills the screen. */
export async function atRest(page: Page): Promise<void> {
  // A slot may end up a part of a pixel above its place as well as below it.
  const offset = () =>
    page.getByRole("feed").evaluate((feed) => {
      const past = feed.scrollTop % feed.clientHeight;
      return Math.round(Math.min(past, feed.clientHeight - past));
    });
  await expect.poll(offset).toBe(0);
}

export async function openFeed(page: Page): Promise<void> {
  await page.goto("/");
  await expect(current(page)).toBeVisible();
}

export async function search(page: Page, words: string): Promise<void> {
  await page.getByRole("link", { name: "Search" }).first().click();
  await page.getByRole("combobox", { name: "Search" }).fill(words);
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("search-product").first()).toBeVisible();
}

/** From now on the function answers with this error. */
export const refuse = (page: Page, name: string, status: number, code: string) =>
  page.route(`**/${name}`, (route) =>
    route.fulfill({
      status,
      headers: { "access-control-allow-origin": "*" },
      json: { error: { status: code, message: "refused" } },
    }),
  );

/** From now on the function answers with what `change` makes of its answer. */
export const amend = (page: Page, name: string, change: (result: object) => object) =>
  page.route(`**/${name}`, async (route) => {
    const response = await route.fetch();
    const { result } = (await response.json()) as { result: object };
    await route.fulfill({ response, json: { result: change(result) } });
  });

/** The device's own sheet does this, and its clipboard takes the link or does not. */
export const sharing = (page: Page, sheet: "none" | "fails" | "closed", clipboard: boolean) =>
  page.addInitScript(
    ([sheet, clipboard]) => {
      const reject = (name: string) => () => Promise.reject(new DOMException("no", name));
      const names = { none: undefined, fails: "NotAllowedError", closed: "AbortError" };
      const name = names[sheet];
      Reflect.deleteProperty(Navigator.prototype, "share");
      if (name) Object.assign(navigator, { share: reject(name) });
      if (!clipboard) Object.assign(navigator.clipboard, { writeText: reject("NotAllowedError") });
    },
    [sheet, clipboard] as const,
  );

/** Open the insights as the demo's operator. */
export async function signInAsOperator(page: Page, password = "demo-operator"): Promise<void> {
  await page.goto("/insights");
  await page.getByLabel("Email").fill("operator@example.com");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** What axe finds on the page, and where. */
export async function violations(page: Page): Promise<string[]> {
  // No page has a frame of another origin, and without those it takes half the time.
  const found = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
  );
}

/** What can be bought of the current clip: in a sheet, or beside it where there is room. */
export async function openClipProducts(page: Page): Promise<Locator> {
  if ((page.viewportSize()?.width ?? 0) >= 900) return page.getByRole("complementary");
  await current(page).locator("button[aria-haspopup=dialog]").click();
  return page.getByRole("dialog", { name: "In this clip" });
}

/** Draw a finger over the page, from one point to another. */
export async function drag(page: Page, from: Point, to: Point): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...touchPoints: Point[]) =>
    browser.send("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", from);
  for (let step = 1; step <= DRAG_STEPS; step += 1) {
    const part = step / DRAG_STEPS;
    await touch("touchMove", {
      x: from.x + (to.x - from.x) * part,
      y: from.y + (to.y - from.y) * part,
    });
  }
  await touch("touchEnd");
  await browser.detach();
}

/**
 * Flick a finger upwards, as fast as a hand does: by 300 pixels in 60 milliseconds, and let go. It
 * is by `way` pixels, and downwards where that is negative.
 */
export async function fling(page: Page, { x, y }: Point, way = 300): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  const start = Date.now() / 1000;
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", ms: number, up?: number) =>
    browser.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: up === undefined ? [] : [{ x, y: y - up }],
      // How fast it was is told by these, however busy the machine is.
      timestamp: start + ms / 1000,
    });
  const moves = Array.from({ length: 10 }, (_, move) => move + 1);
  await Promise.all([
    touch("touchStart", 0, 0),
    ...moves.map((move) => touch("touchMove", move * 6, (way / moves.length) * move)),
    touch("touchEnd", 61),
  ]);
  await browser.detach();
}

/** Which slot fills the screen, once nothing has scrolled for so long that nothing will. */
export function restingPlace(page: Page): Promise<number> {
  return page.getByRole("feed").evaluate(
    (feed) =>
      new Promise<number>((resolve) => {
        let watch: number;
        const moved = () => {
          clearTimeout(watch);
          watch = window.setTimeout(() => {
            feed.removeEventListener("scroll", moved);
            resolve(feed.scrollTop / feed.clientHeight);
          }, 500);
        };
        feed.addEventListener("scroll", moved);
        moved();
      }),
  );
}

/** Go on to the next card. */
export async function swipeToCard(page: Page): Promise<void> {
  do await swipe(page);
  while ((await current(page).getAttribute("data-testid")) !== "shop-card");
}

/** The ids of the events that wait in the browser's queue. */
export function waiting(page: Page): Promise<string[]> {
  return page.evaluate(
    () =>
      new Promise<string[]>((resolve, reject) => {
        const opening = indexedDB.open("shopfyp");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const reading = opening.result.transaction("events").objectStore("events").getAllKeys();
          reading.onsuccess = () => resolve(reading.result.map(String));
        };
      }),
  );
}

/** How often each of these events is stored in the Firestore emulator. */
export async function stored(request: APIRequestContext, ids: string[]): Promise<number[]> {
  const documents = "http://127.0.0.1:8080/v1/projects/demo-shopfyp/databases/(default)/documents";
  const answer = await request.post(`${documents}:runQuery`, {
    headers: { Authorization: "Bearer owner" },
    data: {
      structuredQuery: {
        from: [{ collectionId: "events", allDescendants: true }],
      },
    },
  });
  const found = (await answer.json()) as { document?: { name: string } }[];
  const names = found.map(({ document }) => document?.name.split("/").at(-1));
  return ids.map((id) => names.filter((name) => name === id).length);
}

export interface Sent {
  event_id: string;
  type: string;
  product_id?: string;
  card_id?: string;
  source?: string;
  scope?: string;
  position?: number;
  propensity?: number;
  dwell_ms?: number;
  reason?: { code: string };
}

/** The calls that the page makes from now on, in their order, with the events they carry. */
export function callsOf(page: Page): { name: string; events: Sent[] }[] {
  const calls: { name: string; events: Sent[] }[] = [];
  page.on("request", (request) => {
    if (request.method() !== "POST") return;
    const name = new URL(request.url()).pathname.split("/").at(-1) ?? "";
    if (!["log_events", "recommend"].includes(name)) return;
    const body = request.postDataJSON() as {
      data?: { events?: Sent[] };
    } | null;
    calls.push({ name, events: body?.data?.events ?? [] });
  });
  return calls;
}

/** The events of these types among the calls; one that was sent again counts once. */
export function eventsIn(calls: { events: Sent[] }[], ...types: string[]): Sent[] {
  const all = calls.flatMap(({ events }) =>
    events.map((event) => [event.event_id, event] as const),
  );
  return [...new Map(all).values()].filter(({ type }) => types.includes(type));
}

/** The server has taken each of these events, once. */
export async function expectStored(request: APIRequestContext, events: Sent[]): Promise<void> {
  const ids = events.map(({ event_id }) => event_id);
  await expect.poll(() => stored(request, ids)).toEqual(ids.map(() => 1));
}

/** Go to the first card of the feed, and wait for its products. */
export async function openFirstCard(page: Page): Promise<void> {
  await openFeed(page);
  await swipeToCard(page);
  // A stranger's, unless the machine was so slow that a clip before it counts as watched.
  const reason = current(page).getByTestId("card-reason");
  await expect(reason).toHaveText(/^(Popular right now|Because you watched .+)$/);
  await expect(current(page).getByTestId("card-product").first()).toBeVisible();
}
