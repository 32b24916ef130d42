/** What a shopper does, in a real browser against the whole emulator suite. */

import { type APIRequestContext, type Page, expect, test } from "@playwright/test";

const BEN_10 = "shoes for my 10-year-old son who likes Ben 10";

const current = (page: Page) => page.locator('article[data-current="true"]');

/** Go to the next slot, and wait until it is the current one. */
async function swipe(page: Page): Promise<void> {
  const before = await current(page).getAttribute("data-place");
  await page.getByRole("feed").focus();
  await page.keyboard.press("ArrowDown");
  await expect(current(page)).not.toHaveAttribute("data-place", before ?? "");
  // It has come to rest: the slot fills the screen.
  const offset = () =>
    page.getByRole("feed").evaluate((feed) => Math.round(feed.scrollTop % feed.clientHeight));
  await expect.poll(offset).toBe(0);
}

async function openFeed(page: Page): Promise<void> {
  await page.goto("/");
  await expect(current(page)).toBeVisible();
}

async function search(page: Page, words: string): Promise<void> {
  await page.getByRole("link", { name: "Search" }).first().click();
  await page.getByRole("searchbox", { name: "Search" }).fill(words);
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("search-product").first()).toBeVisible();
}

/** The ids of the events that wait in the browser's queue. */
function waiting(page: Page): Promise<string[]> {
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
async function stored(request: APIRequestContext, ids: string[]): Promise<number[]> {
  const documents = "http://127.0.0.1:8080/v1/projects/demo-shopfyp/databases/(default)/documents";
  const answer = await request.post(`${documents}:runQuery`, {
    headers: { Authorization: "Bearer owner" },
    data: { structuredQuery: { from: [{ collectionId: "events", allDescendants: true }] } },
  });
  const found = (await answer.json()) as { document?: { name: string } }[];
  const names = found.map(({ document }) => document?.name.split("/").at(-1));
  return ids.map((id) => names.filter((name) => name === id).length);
}

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
  const products = card.getByTestId("card-product");
  await expect(products).toHaveCount(5);
  for (const product of await products.all()) {
    await expect(product).toContainText("Ben 10");
    await expect(product).toContainText(/Trainers|Sandals|Wellies|Slippers/);
  }
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
  await page.getByRole("link", { name: "Bag" }).click();
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

test("events wait through a lost connection and a reload, and are delivered once", async ({
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

test("a product waved away can be taken back", async ({ page }) => {
  await openFeed(page);
  for (let slot = 0; slot < 3; slot += 1) await swipe(page);
  const card = current(page);
  await expect(card.getByTestId("card-reason")).toHaveText("Popular right now");
  await expect(card.getByTestId("card-product")).toHaveCount(5);
  await card.getByRole("button", { name: "Not interested" }).first().click();
  await expect(card.getByTestId("card-product")).toHaveCount(4);
  await card.getByRole("button", { name: "Undo" }).click();
  await expect(card.getByTestId("card-product")).toHaveCount(5);
});

test("an unknown product says so", async ({ page }) => {
  await page.goto("/product/no-such-product");
  await expect(page.getByText("no longer in the shop")).toBeVisible();
});

test("when the shop does not answer, the feed goes on", async ({ page }) => {
  await page.route("**/recommend", (route) => route.fulfill({ status: 503, body: "{}" }));
  await openFeed(page);
  for (let slot = 0; slot < 3; slot += 1) await swipe(page);
  await expect(current(page)).toContainText("The shop did not answer");
  await swipe(page);
  await expect(current(page)).toHaveAttribute("data-testid", "clip");
});
