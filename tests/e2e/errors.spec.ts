/** What goes wrong is a designed state: the shop is down, slow, closed to us, or out of reach. */

import { type BrowserContext, type Page, expect, test } from "@playwright/test";
import { current, openFeed, openFirstCard, refuse, swipe, swipeToCard, waiting } from "./steps";

const note = (page: Page) => current(page).getByText("This is from before.");

test("when the shop does not answer, the card says so, can be tried again, and the feed goes on", async ({
  page,
}) => {
  await page.route("**/recommend", (route) => route.fulfill({ status: 503, body: "{}" }));
  await openFeed(page);
  await swipeToCard(page);
  await expect(current(page)).toContainText("The shop did not answer");
  await page.unroute("**/recommend");
  await current(page).getByRole("button", { name: "Try again" }).click();
  await expect(current(page).getByTestId("card-product")).toHaveCount(5);
  await swipe(page);
  await expect(current(page)).toHaveAttribute("data-testid", "clip");
});

test("when the shop is slow, a skeleton gives way to the last good card", async ({ page }) => {
  await openFirstCard(page);
  const before = await current(page).getByTestId("card-product").allTextContents();
  await page.route("**/recommend", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    await route.continue().catch(() => undefined);
  });
  await swipe(page);
  await swipeToCard(page);
  await expect(current(page)).toContainText("Finding something for you");
  await expect(note(page)).toBeVisible();
  expect(await current(page).getByTestId("card-product").allTextContents()).toEqual(before);
});

test("when the shop goes down, the last good card stands in and says why", async ({ page }) => {
  await openFirstCard(page);
  const before = await current(page).getByTestId("card-product").allTextContents();
  await page.route("**/recommend", (route) => route.fulfill({ status: 503, body: "{}" }));
  await swipe(page);
  await swipeToCard(page);
  await expect(note(page)).toHaveText("The shop does not answer just now. This is from before.");
  expect(await current(page).getByTestId("card-product").allTextContents()).toEqual(before);
});

test("who asks too much is told, and asked to wait", async ({ page }) => {
  await refuse(page, "recommend", 429, "RESOURCE_EXHAUSTED");
  await openFeed(page);
  await swipeToCard(page);
  await expect(current(page)).toContainText("That was a lot at once");
});

test("who searches too much is told, and can try again", async ({ page }) => {
  await refuse(page, "search", 429, "RESOURCE_EXHAUSTED");
  await page.goto("/search?q=tent");
  await expect(page.getByText("That was a lot at once.")).toBeVisible();
  await page.unroute("**/search");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByTestId("search-product").first()).toBeVisible();
});

test("while a search is slow, skeletons keep the places of what comes", async ({ page }) => {
  let answer: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route("**/search", async (route) => {
    if (route.request().method() === "POST") await slow;
    await route.continue();
  });
  await page.goto("/search?q=toys&tab=shop");
  const awaited = page.getByRole("tabpanel").locator("[aria-busy=true] > *");
  await expect(awaited).toHaveCount(8);
  const { x, y, width } = (await awaited.nth(3).boundingBox()) ?? {};
  answer();
  await expect(page.getByTestId("search-product").first()).toBeVisible();
  expect(await page.getByTestId("search-product").nth(3).boundingBox()).toMatchObject({
    x,
    y,
    width,
  });
});

test("a search that fails can be tried again, and so can its next page", async ({ page }) => {
  await refuse(page, "search", 503, "UNAVAILABLE");
  await page.goto("/search?q=toys");
  await expect(page.getByText("The search did not answer.")).toBeVisible();
  await page.unroute("**/search");
  await page.getByRole("button", { name: "Try again" }).click();
  const products = page.getByTestId("search-product");
  await expect(products.first()).toBeVisible();

  await refuse(page, "search", 503, "UNAVAILABLE");
  await products.last().scrollIntoViewIfNeeded();
  await expect(page.getByText("The next products could not be loaded.")).toBeVisible();
  const first = await products.count();
  await page.unroute("**/search");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect.poll(() => products.count()).toBeGreaterThan(first);
});

test("a product that cannot be had can be tried again", async ({ page }) => {
  await refuse(page, "similar", 503, "UNAVAILABLE");
  await page.goto("/product/p00582");
  await expect(page.getByText("The product could not be loaded.")).toBeVisible();
  await page.unroute("**/similar");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("button", { name: "Add to bag" })).toBeVisible();
});

test("whose sign-in is not accepted is told, and comes with a fresh one", async ({ page }) => {
  await refuse(page, "recommend", 401, "UNAUTHENTICATED");
  await openFeed(page);
  await swipeToCard(page);
  await expect(current(page)).toContainText("You could not be signed in.");
  await page.unroute("**/recommend");
  await current(page).getByRole("button", { name: "Try again" }).click();
  await expect(current(page).getByTestId("card-product")).toHaveCount(5);
});

test("who cannot be signed in still has the feed", async ({ page }) => {
  await page.route("**/accounts:signUp*", (route) =>
    route.fulfill({
      status: 400,
      headers: { "access-control-allow-origin": "*" },
      json: { error: { code: 400, message: "ADMIN_ONLY_OPERATION" } },
    }),
  );
  await openFeed(page);
  await swipeToCard(page);
  await expect(current(page)).toContainText("You could not be signed in.");
  await page.goto("/search?q=tent");
  await expect(page.getByText("You could not be signed in.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
});

test("when the clips cannot be had, the feed says so and can be tried again", async ({ page }) => {
  await page.route("**/feed.json", (route) => route.fulfill({ status: 503, body: "" }));
  await page.goto("/");
  await expect(page.getByText("The clips could not be loaded.")).toBeVisible();
  await page.unroute("**/feed.json");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(current(page)).toBeVisible();
});

test.describe("offline", () => {
  test.use({ serviceWorkers: "allow" });

  /** Until the service worker has all that the app needs. */
  async function installed(page: Page, context: BrowserContext) {
    await openFirstCard(page);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload(); // what the first load asked for goes through it now
    await expect(current(page)).toBeVisible();
    await swipe(page);
    await expect.poll(() => waiting(page)).toEqual([]);
    await context.setOffline(true);
  }

  test("the app can be installed, once the first view has been", async ({ page }) => {
    await openFirstCard(page);
    await page.evaluate(() => navigator.serviceWorker.ready);
    const browser = await page.context().newCDPSession(page);
    const manifest = await browser.send("Page.getAppManifest");
    expect(manifest.errors).toEqual([]);
    const { name, icons } = JSON.parse(manifest.data ?? "{}") as {
      name: string;
      icons: { src: string }[];
    };
    expect(name).toBe("ShopFYP");
    expect(await page.title()).toContain(name);
    for (const { src } of icons) expect((await page.request.get(src)).ok()).toBe(true);
    const { installabilityErrors } = await browser.send("Page.getInstallabilityErrors");
    // The tests' windows are of the kind that keeps nothing.
    expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(["in-incognito"]);
  });

  test("the app opens with its feed and the last card, and events wait", async ({
    page,
    context,
  }) => {
    await installed(page, context);
    await page.reload();
    await expect(page.getByText("You are offline.")).toBeVisible();
    await expect(current(page).locator("img").first()).toHaveJSProperty("complete", true);
    expect(
      await current(page)
        .locator("img")
        .first()
        .evaluate((poster: HTMLImageElement) => poster.naturalWidth),
    ).toBeGreaterThan(0);
    await page.waitForTimeout(2500);
    await expect.poll(async () => (await waiting(page)).length).toBeGreaterThan(0);
    await swipeToCard(page);
    await expect(note(page)).toHaveText("There is no connection. This is from before.");
    await expect(current(page).getByTestId("card-product")).toHaveCount(5);

    await context.setOffline(false);
    await expect(page.getByText("You are offline.")).toBeHidden();
    await expect.poll(() => waiting(page)).toEqual([]);
  });
});
