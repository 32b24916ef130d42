/** The product page and what leads to it, in a real browser against the whole emulator suite. */

import { type Page, expect, test } from "@playwright/test";
import { drag } from "./steps";

/** A product in colours and sizes, and one in colours; the demo's are always the same. */
const DRESS = "p00980";
const TITLE = "Solvei Women's Everyday Midi Dress, Teal, wrap front, Size XS";

const heading = (page: Page) => page.getByRole("heading", { level: 1 });
const colours = (page: Page) => page.getByRole("group", { name: "Colour" });
const sizes = (page: Page) => page.getByRole("group", { name: "Size" });

async function open(page: Page, product_id = DRESS): Promise<void> {
  await page.goto(`/product/${product_id}`);
  await expect(heading(page)).toBeVisible();
}

test("what runs no JavaScript is told the product, its price and its picture @phone", async ({
  request,
}) => {
  const answer = await request.get(`/product/${DRESS}`);
  expect(answer.status()).toBe(200);
  expect(answer.headers()["cache-control"]).toBe("public, max-age=300, s-maxage=3600");
  const html = await answer.text();
  const said = (name: string) =>
    new RegExp(`<meta (?:property|name)="${name}" content="([^"]*)"`).exec(html)?.[1];
  const title = TITLE.replace("'", "&#x27;");
  expect(html).toContain(`<title>${title} · ShopFYP</title>`);
  expect(said("og:title")).toBe(title);
  expect(said("og:type")).toBe("product");
  expect(said("og:url")).toBe(`http://127.0.0.1:5000/product/${DRESS}`);
  expect(said("product:price:amount")).toMatch(/^\d+\.\d\d$/);
  expect(said("product:price:currency")).toBe("USD");
  expect(said("twitter:card")).toBe("summary_large_image");
  const data = JSON.parse(
    /<script type="application\/ld\+json">(.*?)<\/script>/.exec(html)?.[1] ?? "{}",
  ) as { name: string; offers: { price: string } };
  expect(data.name).toBe(TITLE);
  expect(data.offers.price).toBe(said("product:price:amount"));
  const picture = await request.get(said("og:image") ?? "");
  expect(picture.headers()["content-type"]).toContain("image/");
  // It is the app all the same.
  expect(html).toContain('<div id="root">');

  const missing = await request.get("/product/no-such-product");
  expect(missing.status()).toBe(404);
  expect(await missing.text()).toContain('<div id="root">');
  expect(await missing.text()).not.toContain("og:title");
});

test("a shared link opens the app on the product, and every page has its name", async ({
  page,
}) => {
  const asked: string[] = [];
  page.on("request", (sent) => asked.push(new URL(sent.url()).pathname));
  await open(page);
  await expect(heading(page)).toHaveText(TITLE);
  await expect(page).toHaveTitle(`${TITLE} · ShopFYP`);
  await page.getByTestId("similar-product").first().click();
  await expect(heading(page)).not.toHaveText(TITLE);
  await expect(page).toHaveTitle(`${await heading(page).textContent()} · ShopFYP`);
  // Within the app no page is asked of the server.
  expect(asked.filter((path) => path.startsWith("/product/"))).toEqual([`/product/${DRESS}`]);
  await page.getByRole("link", { name: "Bag", exact: true }).click();
  await expect(page).toHaveTitle("Bag · ShopFYP");
  await page.getByRole("link", { name: "Search" }).click();
  await expect(page).toHaveTitle("Search · ShopFYP");
  await page.getByRole("link", { name: "Home" }).click();
  await expect(page).toHaveTitle("For You · ShopFYP");
});

test("the gallery is looked through by swipe, keys and dots", async ({ page }) => {
  await open(page);
  const row = page.getByRole("group", { name: "Pictures" });
  const place = () => row.evaluate((r) => Math.round((r.scrollLeft / r.clientWidth) * 100) / 100);
  const dot = (n: number) => page.getByRole("button", { name: `Show picture ${n} of 3` });
  await expect(row.getByRole("img")).toHaveCount(3);
  const drawn = row.getByRole("img").first();
  await expect
    .poll(() => drawn.evaluate((i: HTMLImageElement) => i.naturalWidth))
    .toBeGreaterThan(0);
  await row.focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(place).toBe(1);
  await expect(dot(2)).toHaveAttribute("aria-current", "true");
  await dot(3).click();
  await expect.poll(place).toBe(2);

  // A finger from left to right.
  const box = await row.boundingBox();
  if (!box) throw new Error("the gallery is not there");
  const y = box.y + box.height / 2;
  await drag(page, { x: box.x + 60, y }, { x: box.x + box.width - 40, y });
  await expect.poll(place).toBe(1);
  await expect(dot(2)).toHaveAttribute("aria-current", "true");
});

test("a variant is chosen in place, and what is sold out cannot be", async ({ page }) => {
  await page.goto("/search?q=midi+dress");
  await page.getByTestId("search-product").first().waitFor();
  await page.evaluate((path) => {
    history.pushState(null, "", path);
    dispatchEvent(new PopStateEvent("popstate"));
  }, `/product/${DRESS}`);
  await expect(heading(page)).toHaveText(TITLE);
  await expect(colours(page).getByRole("link")).toHaveCount(2);
  await expect(sizes(page).getByRole("link")).toHaveCount(4);
  await expect(sizes(page).getByRole("link", { name: "M, sold out" })).toBeDisabled();
  await expect(sizes(page).locator("[aria-current=true]")).toHaveText("XS");

  await sizes(page).getByRole("link", { name: "S", exact: true }).press("Enter");
  await expect(page).toHaveURL(/\/product\/p00980-2$/);
  await expect(heading(page)).toContainText("Teal, wrap front, Size S");
  await expect(sizes(page).getByRole("link", { name: "S", exact: true })).toBeFocused();
  // Its size stays.
  await colours(page).getByRole("link", { name: "navy" }).click();
  await expect(heading(page)).toContainText("Navy, wrap front, Size S");
  // In navy there is the size that teal is sold out of.
  await sizes(page).getByRole("link", { name: "M", exact: true }).click();
  await expect(heading(page)).toContainText("Navy, wrap front, Size M");
  await page.goBack();
  await expect(page).toHaveURL(/\/search\?q=midi\+dress/);
});

test("choosing a variant far down leaves the page where it is @phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 500 });
  await open(page);
  const size = sizes(page).getByRole("link", { name: "L", exact: true });
  await size.scrollIntoViewIfNeeded();
  const top = async () => (await size.boundingBox())?.y ?? 0;
  const before = await top();
  await size.click();
  await expect(heading(page)).toContainText("Size L");
  expect(Math.abs((await top()) - before)).toBeLessThan(2);
});

test("a search shows one variant of a product before others of it", async ({ page }) => {
  await page.goto("/search?q=midi+dress");
  const products = page.getByTestId("search-product");
  await expect(products.first()).toBeVisible();
  const paths = await products.evaluateAll((all) => all.map((a) => a.getAttribute("href") ?? ""));
  const own = paths.slice(0, 20).filter((path) => path.startsWith(`/product/${DRESS}`));
  expect(own).toHaveLength(1);
});

test("what it costs and the way to take it stay in sight, down to its ratings", async ({
  page,
}) => {
  await open(page);
  const last = page.getByRole("heading", { name: "Ratings" });
  const take = page.getByRole("button", { name: "Add to bag" });
  const scroller = page.locator(".page > *");
  for (let steps = 0; steps < 10; steps += 1) {
    await expect(take).toBeInViewport({ ratio: 1 });
    // Nothing lies over it.
    await take.click({ trial: true });
    if (((await last.boundingBox())?.y ?? 0) < 200) break;
    await page.mouse.move(300, 300);
    await page.mouse.wheel(0, 200);
    await expect
      .poll(() => scroller.evaluate(({ scrollTop }) => scrollTop))
      .toBe(200 * (steps + 1));
  }
  await expect(last).toBeInViewport();
});

test("two rails lead on, and share no product", async ({ page }) => {
  await open(page);
  await expect(page.getByRole("heading", { name: "Goes well with it" })).toBeVisible();
  const of = (testId: string) =>
    page.getByTestId(testId).evaluateAll((all) => all.map((a) => a.getAttribute("href") ?? ""));
  const [like, taken] = [await of("similar-product"), await of("goes-with-product")];
  expect(like.length).toBeGreaterThan(3);
  expect(taken.length).toBeGreaterThan(0);
  expect(new Set([...like, ...taken]).size).toBe(like.length + taken.length);
  // They scroll within themselves, and the page does not.
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBe(page.viewportSize()?.width);
  await page.getByTestId("similar-product").last().scrollIntoViewIfNeeded();
  await page.getByTestId("similar-product").last().click();
  await expect(heading(page)).not.toHaveText(TITLE);
});

test("sharing copies the link, and says so", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page);
  // Chromium's own sheet cannot be closed by a test.
  await page.evaluate(() => {
    delete (Navigator.prototype as { share?: unknown }).share;
  });
  // It goes after four seconds, so it is looked for from before the press.
  await Promise.all([
    page.getByText("Link copied.").waitFor(),
    page.getByRole("button", { name: "Share" }).click(),
  ]);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    `http://127.0.0.1:5000/product/${DRESS}`,
  );
});

test("the bag counts pieces, the checkout logs them and charges nothing", async ({ page }) => {
  const events: { type: string; product_id?: string; quantity?: number }[] = [];
  page.on("request", (sent) => {
    if (sent.method() !== "POST" || !sent.url().endsWith("/log_events")) return;
    events.push(...(sent.postDataJSON() as { data: { events: typeof events } }).data.events);
  });
  await open(page);
  await page.getByRole("button", { name: "Add to bag" }).press("Enter");
  await expect(page.getByRole("link", { name: "View bag" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("nothing is charged")).toBeVisible();
  await page.getByRole("button", { name: `More of ${TITLE}` }).click();
  await page.getByRole("button", { name: `More of ${TITLE}` }).click();
  await expect(page.getByText("3 pieces")).toBeVisible();
  await page.getByRole("button", { name: "Buy now" }).click();
  await expect(page.getByText("Nothing was charged.")).toBeVisible();
  const bought = () => events.filter(({ type }) => type === "purchase");
  await expect
    .poll(() => bought().map(({ product_id, quantity }) => [product_id, quantity]))
    .toEqual([[DRESS, 3]]);
});

test("a bag is emptied by its remove button", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "Add to bag" }).click();
  await page.getByRole("link", { name: "View bag" }).click();
  await page.getByRole("button", { name: `Remove ${TITLE}` }).click();
  await expect(page.getByText("Your bag is empty.")).toBeVisible();
  await page.getByRole("link", { name: "Find something" }).click();
  await expect(page).toHaveURL(/\/search$/);
});

test("tabs part clips from products, and a clip opens the feed where it stands", async ({
  page,
}) => {
  await page.goto("/search?q=frying+pan");
  await expect(page.getByTestId("search-product").first()).toBeVisible();
  const tab = (name: string) => page.getByRole("tab", { name, exact: true });
  await tab("Top").focus();
  await page.keyboard.press("ArrowRight");
  await expect(tab("Clips")).toHaveAttribute("aria-selected", "true");
  await expect(page).toHaveURL(/q=frying\+pan&tab=clips$/);
  await expect(page.getByTestId("search-product")).toHaveCount(0);
  await page.reload();
  await expect(tab("Clips")).toHaveAttribute("aria-selected", "true");
  const clip = page.getByRole("tabpanel").getByRole("link").first();
  const poster = await clip.getByRole("presentation").first().boundingBox();
  expect((poster?.height ?? 0) / (poster?.width ?? 1)).toBeCloseTo(16 / 9, 1);
  const id = /clip=(\w+)$/.exec((await clip.getAttribute("href")) ?? "")?.[1] ?? "";
  await clip.click();
  const current = page.locator('article[data-current="true"]');
  await expect(current.locator("video")).toHaveAttribute("src", new RegExp(id));
});
