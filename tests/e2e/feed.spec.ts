/** The feed as people know it: gestures, keys, marks, and what can be bought of a clip. */

import { type Page, expect, test } from "@playwright/test";
import { PAGES } from "./pages";
import {
  atRest,
  callsOf,
  current,
  drag,
  eventsIn,
  expectStored,
  fling,
  openClipProducts,
  openFeed,
  openFirstCard,
  restingPlace,
  search,
  swipe,
  swipeToCard,
} from "./steps";

const playing = (video: HTMLVideoElement) => !video.paused && video.currentTime > 0;

test("a clip plays, a tap pauses it, a double tap likes it", async ({ page }) => {
  await openFeed(page);
  const clip = current(page);
  const video = clip.locator("video");
  await expect.poll(() => video.evaluate(playing)).toBe(true);
  await clip.getByRole("button", { name: "Pause" }).click({ position: { x: 150, y: 300 } });
  await expect(clip.getByRole("button", { name: "Play" })).toBeVisible();
  await clip.getByRole("button", { name: "Play" }).click({ position: { x: 150, y: 300 } });
  await expect.poll(() => video.evaluate(playing)).toBe(true);

  const like = clip.getByRole("button", { name: "Like" });
  await expect(like).toHaveAttribute("aria-pressed", "false");
  await clip.getByRole("button", { name: "Pause" }).dblclick({ position: { x: 150, y: 300 } });
  await expect(like).toHaveAttribute("aria-pressed", "true");
  await clip.getByRole("button", { name: "Save" }).click();
  await page.reload();
  await expect(like).toHaveAttribute("aria-pressed", "true");
  await expect(clip.getByRole("button", { name: "Save" })).toHaveAttribute("aria-pressed", "true");
});

test("keys, and a wheel, move the feed; at most five clips are mounted", async ({ page }) => {
  await openFeed(page);
  await page.keyboard.press("m");
  await expect(current(page).getByRole("button", { name: "Mute" })).toBeVisible();
  await page.keyboard.press("l");
  await expect(current(page).getByRole("button", { name: "Like" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await page.keyboard.press("Space");
  await expect(current(page).getByRole("button", { name: "Play" })).toBeVisible();
  await current(page).hover();
  await page.mouse.wheel(0, 800);
  await expect(current(page)).toHaveAttribute("data-place", "1");
  for (let slot = 0; slot < 8; slot += 1) {
    await swipe(page);
    expect(await page.locator("video").count()).toBeLessThanOrEqual(5);
  }
});

test.describe("by touch @phone", () => {
  test.use({ hasTouch: true, isMobile: true });

  test("a swipe goes one slot on or back, and at most five clips are mounted", async ({ page }) => {
    // More than half of the way, so that it counts however slowly a busy machine moves the finger.
    const [below, above] = [
      { x: 195, y: 650 },
      { x: 195, y: 150 },
    ];
    const swipeBy = async (place: number, from = below, to = above) => {
      await drag(page, from, to);
      await expect(current(page)).toHaveAttribute("data-place", String(place));
      await atRest(page);
      expect(await page.locator("video").count()).toBeLessThanOrEqual(5);
    };
    await openFeed(page);
    for (let place = 1; place <= 7; place += 1) await swipeBy(place);
    await swipeBy(6, above, below);
    // No tap is made of it.
    await expect(current(page).getByRole("button", { name: "Pause" })).toBeVisible();
  });

  test("a card's products go by sideways, and from upon them a swipe goes on", async ({ page }) => {
    await openFirstCard(page);
    const place = Number(await current(page).getAttribute("data-place"));
    const products = current(page).getByRole("list");
    const { y = 0, height = 0 } = (await products.boundingBox()) ?? {};
    const starts = () =>
      products
        .getByRole("listitem")
        .evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().left)));
    // Another one is where the first was, and whole.
    const [start = 0] = await starts();
    await drag(page, { x: 330, y: y + 100 }, { x: 60, y: y + 100 });
    await expect.poll(async () => (await starts()).indexOf(start)).toBeGreaterThan(0);
    await atRest(page);
    await expect(current(page)).toHaveAttribute("data-place", String(place));
    await drag(page, { x: 195, y: y + height - 30 }, { x: 195, y: 120 });
    await expect(current(page)).toHaveAttribute("data-place", String(place + 1));
  });

  test("however hard the swipe, it goes one slot on", async ({ page }) => {
    await openFeed(page);
    for (let place = 1; place <= 3; place += 1) {
      // Listened for before the finger moves: on a busy machine it would be over by then.
      const rest = await page.getByRole("feed").evaluateHandle((feed) => {
        const ended = new Promise<number>((resolve) => {
          const end = () => {
            resolve(feed.scrollTop / feed.clientHeight);
          };
          feed.addEventListener("scrollend", end, { once: true });
        });
        return { ended };
      });
      await fling(page, { x: 195, y: 700 });
      expect(await rest.evaluate(({ ended }) => ended)).toBe(place);
    }
  });

  test("a swipe twice as hard goes one slot on as well, or back", async ({ page }) => {
    await openFeed(page);
    for (const place of [1, 2, 3, 4]) {
      await fling(page, { x: 195, y: 750 }, 600);
      expect(await restingPlace(page)).toBe(place);
    }
    for (const place of [3, 2, 1, 0]) {
      await fling(page, { x: 195, y: 100 }, -600);
      expect(await restingPlace(page)).toBe(place);
    }
  });

  test("a swipe that follows at once on a hard one is not lost", async ({ page }) => {
    await openFeed(page);
    await fling(page, { x: 195, y: 750 }, 600);
    await expect(current(page)).toHaveAttribute("data-place", "1");
    await fling(page, { x: 195, y: 700 });
    expect(await restingPlace(page)).toBe(2);
  });
});

test("what can be bought of a clip is seen once, and the click counts", async ({
  page,
  request,
}) => {
  const calls = callsOf(page);
  await openFeed(page);
  const pills = await current(page).locator("button[aria-haspopup=dialog]").count();
  const products = (await openClipProducts(page)).getByTestId("card-product");
  await expect(products.first()).toBeVisible();
  const offered = await products.count();
  await products.first().click();
  await expect(page).toHaveURL(/product/);
  const clicks = () => eventsIn(calls, "select_item");
  await expect.poll(() => clicks().length).toBe(1);
  await expectStored(request, [...clicks(), ...eventsIn(calls, "impression")]);
  // The pill's product and those of the sheet were seen; a desktop has its rail, and no pill.
  const seen = eventsIn(calls, "impression");
  expect(seen).toHaveLength(pills + offered);
  const source = pills ? "clip" : "clip_rail";
  expect(seen.map((event) => event.source)).toEqual(seen.map(() => source));
});

test("following shows the clips of who is followed, and the way back is where it was", async ({
  page,
}) => {
  await openFeed(page);
  await swipe(page);
  const creator = await current(page).getByTestId("creator").textContent();
  await current(page)
    .getByRole("button", { name: `Follow ${creator}` })
    .click();
  await page.getByRole("link", { name: "Following" }).click();
  await expect(current(page).getByTestId("creator")).toHaveText(creator ?? "");
  await page.getByRole("link", { name: "For You" }).click();
  await expect(current(page)).toHaveAttribute("data-place", "1");
});

test("a device that is turned still shows what it showed", async ({ page }) => {
  await openFirstCard(page);
  const place = await current(page).getAttribute("data-place");
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  for (const size of [
    { width: height, height: width },
    { width, height },
  ]) {
    await page.setViewportSize(size);
    await atRest(page);
    await page.waitForTimeout(300);
    await expect(current(page)).toHaveAttribute("data-place", place ?? "");
  }
});

test("the product page leads back to the very card", async ({ page }) => {
  await openFeed(page);
  await swipeToCard(page);
  const place = await current(page).getAttribute("data-place");
  await current(page).getByTestId("card-product").first().click();
  await expect(page).toHaveURL(/product/);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.goBack();
  await expect(current(page)).toHaveAttribute("data-place", place ?? "");
  await expect(current(page)).toHaveAttribute("data-testid", "shop-card");
});

test("a swipe never waits: the card is there before it is reached", async ({ page }) => {
  await openFeed(page);
  await search(page, "acoustic guitar");
  const answered = page.waitForResponse("**/recommend");
  await page.getByRole("link", { name: "Home" }).click();
  await answered;
  await swipe(page);
  await expect(current(page).getByTestId("card-product").first()).toBeVisible({
    timeout: 500,
  });
});

test("the feed is a column with what can be bought beside it @desktop", async ({ page }) => {
  await openFeed(page);
  const box = await current(page).boundingBox();
  expect((box?.width ?? 0) / (box?.height ?? 1)).toBeCloseTo(9 / 16, 1);
  await expect(page.getByRole("complementary").getByTestId("card-product").first()).toBeVisible();
});

/** How much of each product of a card can be seen. */
const seen = (page: Page) =>
  current(page)
    .getByRole("listitem")
    .evaluateAll((products) =>
      Promise.all(
        products.map(
          (product) =>
            new Promise<number>((resolve) => {
              new IntersectionObserver(([entry], observer) => {
                observer.disconnect();
                resolve(entry?.intersectionRatio ?? 0);
              }).observe(product);
            }),
        ),
      ),
    );

test("a card shows the whole of all its products @desktop", async ({ page }) => {
  await openFirstCard(page);
  // A notebook, tablets on their side and upright, a window between them.
  for (const [width, height] of [
    [1280, 800],
    [1440, 720],
    [1024, 768],
    [900, 768],
    [768, 1024],
  ] as const) {
    await page.setViewportSize({ width, height });
    await expect.poll(() => seen(page), `${width}x${height}`).toEqual([1, 1, 1, 1, 1]);
  }
});

test("the question for consent covers no button of a card @desktop", async ({ page }) => {
  await PAGES.consent(page);
  await atRest(page);
  // By boxes: to click, Playwright would scroll a button out from under it.
  const note = await page
    .getByRole("region", { name: "May this shop remember" })
    .evaluate((region) => region.getBoundingClientRect().toJSON() as DOMRect);
  const presses = current(page).getByRole("button", { name: "Add to bag" });
  await expect(presses).toHaveCount(5);
  for (const press of await presses.all()) {
    const { x, y, width, height } = (await press.boundingBox()) ?? note;
    const apart =
      x + width <= note.left || x >= note.right || y + height <= note.top || y >= note.bottom;
    expect(apart).toBe(true);
  }
});

test("where there is no height for all, it shows three, and none in part @desktop", async ({
  page,
}) => {
  await openFirstCard(page);
  for (const [width, height] of [
    [1366, 640],
    [1024, 640],
  ] as const) {
    await page.setViewportSize({ width, height });
    await expect.poll(() => seen(page), `${width}x${height}`).toEqual([1, 1, 1, 0, 0]);
  }
});
