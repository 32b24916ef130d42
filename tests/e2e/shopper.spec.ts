/** What a shopper does, in a real browser against the whole emulator suite. */

import { expect, test } from "@playwright/test";
import {
  callsOf,
  current,
  eventsIn,
  expectStored,
  openFeed,
  openFirstCard,
  search,
  stored,
  swipe,
  waiting,
} from "./steps";

const BEN_10 = "shoes for my 10-year-old son who likes Ben 10";

test("a search decides the very next card, which says why", async ({ page }) => {
  await openFeed(page);
  await swipe(page);
  await search(page, BEN_10);
  const found = page.getByTestId("search-product");
  await expect(found.first()).toContainText("Ben 10");
  await page.getByRole("link", { name: "Home" }).click();
  await swipe(page);

  const card = current(page);
  await expect(card).toHaveAttribute("data-testid", "shop-card");
  await expect(card.getByTestId("card-reason")).toHaveText(`Because you searched for “${BEN_10}”`);
  // Its room was there before it came, so that nothing moves.
  const { height, room } = await card.getByTestId("card-reason").evaluate((reason) => ({
    height: reason.getBoundingClientRect().height,
    room: parseFloat(getComputedStyle(reason).minHeight),
  }));
  expect(height).toBe(room);
  const products = card.getByTestId("card-product");
  await expect(products).toHaveCount(5);
  for (const product of await products.all()) {
    await expect(product).toContainText("Ben 10");
    await expect(product).toContainText(/Trainers|Sandals|Wellies|Slippers/);
  }
});

test("filters, order and pages narrow one search, and the address holds them", async ({
  page,
  request,
}) => {
  const searches: { event_id: string; page_token: string | null }[] = [];
  page.on("request", (sent) => {
    if (sent.method() !== "POST" || !sent.url().endsWith("/search")) return;
    searches.push((sent.postDataJSON() as { data: (typeof searches)[number] }).data);
  });
  const products = page.getByTestId("search-product");
  await openFeed(page);
  await search(page, "toys");
  await expect(page.getByText(/^\d+ products$/)).toBeVisible();

  // By keyboard: the sheet opens, keeps the focus within, counts what is chosen, and is applied.
  await page.getByRole("button", { name: "Brand" }).focus();
  await page.keyboard.press("Enter");
  const sheet = page.getByRole("dialog", { name: "Brand" });
  await sheet.getByLabel(/^Wonderoak/).focus();
  await page.keyboard.press("Space");
  for (let tabs = 0; tabs < 60; tabs += 1) {
    await page.keyboard.press("Tab");
    expect(
      await sheet.evaluate((dialog) => {
        const { activeElement, body } = document;
        return activeElement === body || dialog.contains(activeElement);
      }),
    ).toBe(true);
  }
  const show = sheet.getByRole("button", { name: /^Show \d+ products$/ });
  await expect(sheet.getByLabel(/^Wonderoak/)).toBeChecked();
  const count = /^Wonderoak(\d+)$/.exec(
    (await sheet.locator("label").filter({ hasText: "Wonderoak" }).textContent()) ?? "",
  )?.[1];
  await expect(show).toHaveText(`Show ${count} products`);
  await show.press("Enter");
  await expect(page.getByText(`${count} products`, { exact: true })).toBeVisible();
  await expect(products.first()).toContainText("Wonderoak");
  await page.getByRole("combobox", { name: "Sort" }).selectOption("price_low");
  await expect(page).toHaveURL(/q=toys&brand=Wonderoak&sort=price_low/);

  // All of it comes, each once and in order, as the end comes near.
  await expect(async () => {
    await products.last().scrollIntoViewIfNeeded();
    await expect(products).toHaveCount(Number(count), { timeout: 500 });
  }).toPass();
  const texts = await products.allTextContents();
  expect(
    new Set(await products.evaluateAll((all) => all.map((a) => a.getAttribute("href")))).size,
  ).toBe(texts.length);
  const prices = texts.map((text) => Number(/\$([\d.]+)/.exec(text)?.[1]));
  expect(prices).toEqual([...prices].sort((one, other) => one - other));

  // Who looks at one and comes back is where they were.
  const place = () => products.last().evaluate((tile) => tile.getBoundingClientRect().top);
  // In the middle, where nothing lies above it and a click need not scroll.
  await products.last().evaluate((tile) => {
    tile.scrollIntoView({ block: "center" });
  });
  const before = await place();
  await products.last().click();
  await expect(page.getByRole("button", { name: "Add to bag" })).toBeVisible();
  await page.goBack();
  await expect(products).toHaveCount(Number(count));
  expect(Math.abs((await place()) - before)).toBeLessThan(2);

  // Going back takes the order and then the filter away.
  await page.goBack();
  await expect(page.getByRole("combobox", { name: "Sort" })).toHaveValue("relevance");
  await page.goBack();
  await expect(page.getByRole("button", { name: "Remove Wonderoak" })).toBeHidden();
  await page.goForward();
  await page.getByRole("button", { name: "Remove Wonderoak" }).click();
  await expect(page).toHaveURL(/\/search\?q=toys$/);

  expect(searches.some(({ page_token }) => page_token !== null)).toBe(true);
  const [event_id = "", ...others] = new Set(searches.map((sent) => sent.event_id));
  expect(others).toEqual([]);
  expect(await stored(request, [event_id])).toEqual([1]);
});

test("a click leads to the product page and on to a similar product", async ({ page }) => {
  await openFeed(page);
  await search(page, "wireless headphones");
  await page.getByTestId("search-product").first().click();
  const title = page.getByRole("heading", { level: 1 });
  await expect(title).toContainText("Headphones");
  const first = await title.textContent();
  await page.getByTestId("similar-product").first().click();
  await expect(title).not.toHaveText(first ?? "");

  await page.getByRole("button", { name: "Add to bag" }).click();
  await page.getByRole("link", { name: "View bag" }).click();
  await expect(page.getByText("nothing is charged")).toBeVisible();
  await page.getByRole("button", { name: "Buy now" }).click();
  await expect(page.getByText("Thank you!")).toBeVisible();
});

test("a click changes the next card", async ({ page }) => {
  await openFeed(page);
  await search(page, "acoustic guitar");
  await page.getByTestId("search-product").first().click();
  await expect(page.getByTestId("similar-product").first()).toBeVisible();
  await page.getByRole("link", { name: "Home" }).click();
  await swipe(page);
  await expect(current(page).getByTestId("card-product").first()).toContainText("Guitar");
});

test("events wait through a lost connection and a reload, and are delivered once @phone", async ({
  page,
  request,
}) => {
  await openFeed(page);
  await expect.poll(() => waiting(page)).toEqual([]);
  await page.route("**/log_events", (route) => route.abort());
  await page.waitForTimeout(2500); // long enough to have watched a clip
  await expect.poll(async () => (await waiting(page)).length).toBeGreaterThan(0);
  await page.reload();
  const lost = await waiting(page);
  expect(lost.length).toBeGreaterThan(0);
  expect(await stored(request, lost)).toEqual(lost.map(() => 0));

  await page.unroute("**/log_events");
  // The leaving page may deliver them, and the new one may again.
  await page.reload();
  await expect.poll(() => stored(request, lost)).toEqual(lost.map(() => 1));
  await expect.poll(() => waiting(page)).toEqual([]);
});

test("not interested counts at once, goes further on request, and can be undone", async ({
  page,
  request,
}) => {
  const calls = callsOf(page);
  const feedback = () => eventsIn(calls, "not_interested", "undo_not_interested");
  const given = () => feedback().map(({ type, scope }) => `${type} ${scope ?? ""}`);
  await openFirstCard(page);
  const card = current(page);
  const products = card.getByTestId("card-product").filter({ visible: true });
  const close = card.getByRole("button", { name: "Not interested" });
  const undo = card.getByRole("button", { name: "Undo" });
  const place = await card.getByTestId("card-product").nth(1).boundingBox();

  await close.first().click();
  await expect(card.getByText("You will see less like this.")).toBeVisible();
  await expect(undo).toBeFocused();
  await expect(products).toHaveCount(4);
  expect(await card.getByTestId("card-product").nth(1).boundingBox()).toEqual(place);
  await expect.poll(given).toEqual(["not_interested product"]);

  await card.getByRole("button", { name: /^Less from / }).click();
  await expect(card.getByText(/^You will see less from /)).toBeVisible();
  await expect(undo).toBeFocused();
  await expect.poll(given).toEqual(["not_interested product", "not_interested brand"]);

  await undo.click();
  await expect(products).toHaveCount(5);
  await expect(close.first()).toBeFocused();
  await expect
    .poll(given)
    .toEqual([
      "not_interested product",
      "not_interested brand",
      "undo_not_interested product",
      "undo_not_interested brand",
    ]);
  expect(new Set(feedback().map(({ product_id }) => product_id)).size).toBe(1);
  await expectStored(request, feedback());
});

test("what a card showed, and for how long, is logged before the next is asked for @phone", async ({
  page,
  request,
}) => {
  const calls = callsOf(page);
  const asked = () => calls.filter(({ name }) => name === "recommend").length;
  await openFirstCard(page);
  expect(asked()).toBe(1);
  await page.waitForTimeout(300);
  await swipe(page);
  await expect.poll(asked).toBe(2);

  const before = calls.slice(
    0,
    calls.findLastIndex(({ name }) => name === "recommend"),
  );
  // Those of clips name no card.
  const impressions = eventsIn(before, "impression").filter(({ card_id }) => card_id);
  const [view, ...others] = eventsIn(before, "view_card");
  expect(others).toEqual([]);
  // As `openFirstCard` allows.
  expect(view?.reason?.code).toMatch(/^(popular|watched)$/);
  expect(view?.dwell_ms).toBeGreaterThanOrEqual(300);
  expect(Number.isInteger(view?.dwell_ms)).toBe(true);
  expect(view?.card_id).toBeTruthy();
  expect(impressions.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4]);
  for (const { card_id, propensity } of impressions) {
    expect(card_id).toBe(view?.card_id);
    expect(propensity).toBeGreaterThan(0);
    expect(propensity).toBeLessThanOrEqual(1);
  }
  await expectStored(request, eventsIn(before, "impression", "view_card"));

  // Coming back to it is another look at the same card.
  await swipe(page, "ArrowUp");
  await swipe(page);
  const looks = () => eventsIn(calls, "view_card").map(({ card_id }) => card_id);
  await expect.poll(looks).toEqual([view?.card_id, view?.card_id]);
  expect(asked()).toBe(2);
});

test("suggestions come as one types, without a call for any key", async ({ page }) => {
  await openFeed(page);
  const listed = page.waitForResponse("**/suggestions.json");
  await page.getByRole("link", { name: "Search" }).first().click();
  expect((await listed).status()).toBe(200);
  await expect(page.getByRole("heading", { name: "Popular now" })).toBeVisible();
  const field = page.getByRole("combobox", { name: "Search" });
  await expect(field).toBeFocused();

  const asked: string[] = [];
  page.on("request", (request) => {
    // A wide screen has room for the answer's next page as well.
    if (!request.postData()?.includes('"page_token":"')) asked.push(request.url());
  });
  await field.pressSequentially("sleepign ba", { delay: 30 }); // a slip, forgiven
  const option = page.getByRole("option");
  await expect(option.first()).toHaveAccessibleName("Sleeping Bag, Category");
  await field.fill("");
  await field.pressSequentially("ben 10 tr", { delay: 30 });
  await expect(option.first()).toHaveAccessibleName("Ben 10 Trainers");
  await field.press("ArrowDown");
  await field.press("ArrowDown");
  await field.press("ArrowUp");
  await expect(option.first()).toHaveAttribute("aria-selected", "true");
  await page.waitForTimeout(500);
  // What the feed began may go on: its events, its next card. Nothing is asked for what is typed.
  const feeds = /\/(log_events|recommend|accounts:\w+|init\.json|assets\/.*)(\?.*)?$/;
  expect(asked.filter((url) => !feeds.test(url))).toEqual([]);
  await field.press("Enter");
  await expect(page.getByTestId("search-product").first()).toContainText("Ben 10 Trainers");
  expect(asked.filter((url) => url.endsWith("/search"))).toHaveLength(1);
});

test("a suggestion is searched for, remembered, and forgotten on request", async ({ page }) => {
  await page.goto("/search");
  const field = page.getByRole("combobox", { name: "Search" });
  await field.pressSequentially("sleeping b");
  await expect(page.getByRole("option").first()).toBeVisible();
  await field.press("ArrowDown");
  await field.press("Enter");
  await expect(page).toHaveURL(/q=Sleeping\+Bag/);
  await expect(page.getByTestId("search-product").first()).toContainText("Sleeping Bag");

  await page.getByRole("button", { name: "Clear the search" }).click();
  const recent = page.getByRole("option", { name: "Sleeping Bag, Recent" });
  await expect(recent).toBeVisible();
  await recent.getByTitle("Remove Sleeping Bag").click();
  await expect(recent).toHaveCount(0);
  await page.getByRole("option").nth(1).getByTitle("Put it into the field").click();
  await expect(field).not.toHaveValue("");
  await expect(field).toBeFocused();
});

test("the list scrolls in the room that a keyboard leaves @phone", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 320 });
  await page.goto("/search");
  await page.getByRole("combobox", { name: "Search" }).pressSequentially("s");
  await expect(page.getByRole("option")).toHaveCount(8);
  await expect(page.getByRole("option").last()).not.toBeInViewport();
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("option", { selected: true })).toBeInViewport({
    ratio: 1,
  });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBe(360);
});

test("a suggested product opens its page, and counts as a click", async ({ page, request }) => {
  const calls = callsOf(page);
  await page.goto("/search");
  await page.getByRole("combobox", { name: "Search" }).pressSequentially("voltika every");
  const product = page.getByRole("option", { name: /, Product$/ }).first();
  const name = ((await product.getAttribute("aria-label")) ?? "").split(", ")[0] ?? "-";
  await product.click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(name);
  const clicks = () => eventsIn(calls, "select_item");
  await expect.poll(() => clicks().length).toBe(1);
  await expectStored(request, clicks());
});

test("an unknown product says so", async ({ page }) => {
  await page.goto("/product/no-such-product");
  await expect(page.getByText("no longer in the shop")).toBeVisible();
});
