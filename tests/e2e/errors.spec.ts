/** What goes wrong is a designed state: the shop is down, slow, closed to us, or out of reach. */

import { type BrowserContext, type Page, expect, test } from "@playwright/test";
import { fillInsights } from "./insights-data";
import {
  amend,
  atRest,
  current,
  openFeed,
  openFirstCard,
  refuse,
  search,
  sharing,
  signInAsOperator,
  swipe,
  swipeToCard,
  waiting,
} from "./steps";

// A call that still waits for its answer when the test is over fails no other one.
test.afterEach(({ page }) => page.unrouteAll({ behavior: "ignoreErrors" }));

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

test("when the shop is slow, a skeleton gives way to the last good card, and nothing moves", async ({
  page,
}) => {
  // The first product of the card, or what keeps its place.
  const first = () => current(page).locator("h2 + * > *").first().boundingBox();
  const awaited = async () => {
    await expect(current(page)).toContainText("Finding something for you");
    await atRest(page);
    return first();
  };
  let answer: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route("**/recommend", async (route) => {
    await slow;
    await route.continue();
  });
  const came = openFirstCard(page);
  const kept = await awaited();
  answer();
  await came;
  expect(await first()).toEqual(kept);
  const before = await current(page).getByTestId("card-product").allTextContents();
  await page.route("**/recommend", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    await route.continue().catch(() => undefined);
  });
  await swipe(page);
  await swipeToCard(page);
  expect(await awaited()).toEqual(kept);
  await expect(note(page)).toBeVisible();
  expect(await first()).toEqual(kept);
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

test("a search that finds nothing says so, and what many look for is one tap away", async ({
  page,
}) => {
  const none = {
    products: [],
    clips: [],
    facets: [],
    understood: [],
    total: 0,
  };
  await amend(page, "search", (found) => ({ ...found, ...none }));
  await page.goto("/search?q=flux+capacitor");
  await expect(page.getByText("Nothing found for “flux capacitor”.")).toBeVisible();
  await expect(page.getByText("Try fewer or other words.")).toBeVisible();
  await page.unroute("**/search");
  await page.locator("section", { hasText: "Popular now" }).getByRole("button").first().click();
  await expect(page.getByTestId("search-product").first()).toBeVisible();
});

test("a wish that nothing grants is set aside, and named", async ({ page }) => {
  await page.goto("/search?q=red+shoes+under+1+dollar");
  await expect(
    page.getByText(/^Nothing was left otherwise, so this was set aside: price/),
  ).toBeVisible();
  await expect(page.getByTestId("search-product").first()).toBeVisible();
});

test("what no product is called brings what comes closest, and says that", async ({ page }) => {
  await page.goto("/search?q=zqxwv");
  await expect(page.getByText("Nothing here is called “zqxwv”.")).toBeVisible();
  await expect(page.getByTestId("search-product").first()).toBeVisible();
});

test("a search without clips says so, and leads to its products", async ({ page }) => {
  await amend(page, "search", (found) => ({ ...found, clips: [] }));
  await page.goto("/search?q=tent&tab=clips");
  await expect(page.getByText("No clips about “tent”.")).toBeVisible();
  await page.getByRole("button", { name: /^Show [\d,]+ products$/ }).click();
  await expect(page.getByRole("tab", { name: "Shop" })).toHaveAttribute("aria-selected", "true");
  await expect(page.getByTestId("search-product").first()).toBeVisible();
});

test("a choice that could not be counted promises no number, and can be shown", async ({
  page,
}) => {
  await page.goto("/search?q=toys");
  await page.getByRole("button", { name: "Filters" }).click();
  const sheet = page.getByRole("dialog");
  await expect(sheet.getByRole("button", { name: /^Show [\d,]+ products$/ })).toBeVisible();
  await refuse(page, "search", 503, "UNAVAILABLE");
  await sheet.getByRole("checkbox").first().check();
  await expect(sheet.getByText("The search did not answer.")).toBeVisible();
  const show = sheet.locator("footer").getByRole("button", { name: /^Show/ });
  await expect(show).toHaveText("Show products");
  await show.click();
  await expect(sheet).toBeHidden();
  await expect(page.getByText("The search did not answer.")).toBeVisible();
  await page.unroute("**/search");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByTestId("search-product").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Filters, 1 chosen" })).toBeVisible();
});

test("a history that cannot be had says so, and can be tried again", async ({ page }) => {
  await openFeed(page);
  await search(page, "tent");
  await page.getByRole("link", { name: "You", exact: true }).click();
  const reads = "**/documents/shoppers/*:runQuery*";
  await page.route(reads, (route) => route.abort());
  await page.getByRole("heading", { name: "History" }).click();
  await expect(page.getByText("Your history could not be loaded.")).toBeVisible();
  await page.unroute(reads);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByTestId("happened").first()).toContainText("tent");
});

test("a page whose script does not come keeps its header, and comes when it is tried again", async ({
  page,
}) => {
  await openFeed(page);
  await page.route("**/assets/BagPage-*.js", (route) => route.abort());
  await page.getByRole("link", { name: "Bag" }).click();
  await expect(page.getByText("This page could not be loaded.")).toBeVisible();
  await expect(page.getByRole("banner").getByRole("heading", { level: 1 })).toHaveText("ShopFYP");
  await expect(page.getByRole("navigation").getByRole("link", { name: "Bag" })).toHaveAttribute(
    "aria-current",
    "page",
  );
  await page.getByRole("banner").getByRole("button", { name: "Back" }).click();
  await expect(current(page)).toBeVisible();
  await page.getByRole("link", { name: "Bag" }).click();
  await expect(page.getByText("This page could not be loaded.")).toBeVisible();
  await page.unroute("**/assets/BagPage-*.js");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("Your bag is empty.")).toBeVisible();
});

test.describe("an app that does not come", () => {
  const late = (page: Page) => page.getByRole("alert").filter({ hasText: "has not loaded" });

  test("says so at once, and comes when it is tried again", async ({ page }) => {
    await page.route("**/assets/start-*.js", (route) => route.fulfill({ status: 404, body: "" }));
    await page.goto("/search?q=tent");
    // Well before it would without a script.
    await expect(late(page)).toBeVisible({ timeout: 5000 });
    await page.unroute("**/assets/start-*.js");
    await page.getByRole("link", { name: "Try again" }).click();
    await expect(page.getByRole("combobox", { name: "Search" })).toHaveValue("tent");
    await expect(late(page)).toHaveCount(0);
  });

  test("says so by itself where no script of ours runs, and with less motion too", async ({
    page,
  }) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.route("**/assets/*.js", (route) => route.abort());
    await page.goto("/");
    expect(await late(page).count()).toBe(0);
    // Ten seconds, which nobody needs to wait for.
    await page.evaluate(() => {
      for (const animation of document.getAnimations()) animation.finish();
    });
    await expect(late(page)).toBeVisible({ timeout: 1000 });
    await page.unroute("**/assets/*.js");
    await page.getByRole("link", { name: "Try again" }).click();
    await expect(current(page)).toBeVisible();
  });
});

test.describe("sharing", () => {
  const said = (page: Page) =>
    page.getByRole("status").filter({ hasText: "link" }).or(page.getByRole("dialog"));

  for (const sheet of ["none", "fails"] as const) {
    test(`copies the link where the device's sheet is ${sheet}`, async ({ page, context }) => {
      await context.grantPermissions(["clipboard-read", "clipboard-write"]);
      await sharing(page, sheet, true);
      await page.goto("/product/p00582");
      await page.getByRole("button", { name: "Share" }).click();
      await expect(page.getByText("Link copied.")).toBeVisible();
      const copied = () => page.evaluate(() => navigator.clipboard.readText());
      expect(await copied()).toBe(page.url());

      await openFeed(page);
      await current(page).getByRole("button", { name: "Share" }).click();
      await expect(current(page).getByText("Link copied.")).toBeVisible();
      expect(await copied()).toMatch(/\/\?clip=.+$/);
    });
  }

  test("that fails shows the link, of a product and of a clip, to be copied by hand", async ({
    page,
  }) => {
    const sheet = page.getByRole("dialog", {
      name: "The link could not be copied",
    });
    const link = sheet.getByRole("textbox", { name: "Copy it from here" });
    const selected = () =>
      link.evaluate((field: HTMLInputElement) =>
        field.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0),
      );
    await sharing(page, "fails", false);
    await page.goto("/product/p00582");
    await page.getByRole("button", { name: "Share" }).click();
    await expect(link).toBeFocused();
    expect(await selected()).toBe(page.url());
    await page.keyboard.press("Escape");
    await expect(sheet).toBeHidden();
    await expect(page.getByRole("button", { name: "Share" })).toBeFocused();
    await openFeed(page);
    await current(page).getByRole("button", { name: "Share" }).click();
    await expect(link).toBeFocused();
    expect(await selected()).toMatch(/\/\?clip=.+$/);
  });

  test("that the shopper calls off is no failure, and copies nothing", async ({ page }) => {
    await sharing(page, "closed", false);
    await page.goto("/product/p00582");
    await page.getByRole("button", { name: "Share" }).click();
    await page.waitForTimeout(500);
    // At once: what is said is gone after a while.
    expect(await said(page).count()).toBe(0);
  });
});

test.describe("insights", () => {
  const INSIGHTS = "**/europe-west1/insights";

  test("that cannot be reached say so, and come when they are tried again", async ({ page }) => {
    await refuse(page, "europe-west1/insights", 503, "UNAVAILABLE");
    await signInAsOperator(page);
    await expect(page.getByText("The insights could not be loaded.")).toBeVisible();
    await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
    await page.unroute(INSIGHTS);
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("heading", { name: "Releases" })).toBeVisible();

    // Another period that does not come leaves the way back to the one that did.
    await refuse(page, "europe-west1/insights", 503, "UNAVAILABLE");
    await page.getByText("90 days").click();
    await expect(page.getByText("The insights could not be loaded.")).toBeVisible();
    await page.getByText("7 days", { exact: true }).click();
    await expect(page.getByRole("heading", { name: "Releases" })).toBeVisible();
  });

  test("whose sign-in does not answer say so", async ({ page }) => {
    await page.route("**/accounts:signInWithPassword*", (route) => route.abort());
    await signInAsOperator(page);
    await expect(page.getByRole("alert")).toHaveText("The sign-in did not answer. Try again.");
    await page.unroute("**/accounts:signInWithPassword*");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("heading", { name: "Releases" })).toBeVisible();
  });

  test("that cannot be counted stay as they were, and say so", async ({ page }) => {
    await fillInsights(page);
    await refuse(page, "refresh_insights", 503, "UNAVAILABLE");
    await signInAsOperator(page);
    await page.getByRole("button", { name: "Count now" }).click();
    await expect(page.getByText("Counting failed. The figures are as they were.")).toBeVisible();
    await expect(page.getByText("Catalogue coverage").first()).toBeVisible();
  });

  test("say when a release was not rolled back, and which one is live", async ({ page }) => {
    const asked = await fillInsights(page);
    await refuse(page, "roll_back", 503, "UNAVAILABLE");
    await signInAsOperator(page);
    const live = page.getByRole("row", { name: /Live/ });
    const before = await live.getByRole("rowheader").textContent();
    const calls = asked();
    await page
      .getByRole("button", { name: /^Make .+ live$/ })
      .first()
      .click();
    await page.getByRole("button", { name: "Yes, serve it" }).click();
    await expect(page.getByText("It was not rolled back. Try again.")).toBeVisible();
    await expect(page.getByRole("button", { name: "Yes, serve it" })).toHaveCount(0);
    // An answer that was lost may have moved it all the same: the list is asked for anew.
    await expect.poll(asked).toBeGreaterThan(calls);
    await expect(live.getByRole("rowheader")).toHaveText(before ?? "");
    expect(await page.getByRole("button", { name: /^Make .+ live$/ }).count()).toBeGreaterThan(0);
  });
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
