/** Without a mouse, without seeing it, with less motion, and around what a phone's screen lacks. */

import { type Locator, type Page, expect, test } from "@playwright/test";
import { PAGES } from "./pages";
import { SIZES } from "./playwright.config";
import { current, openClipProducts, openFeed, swipeToCard } from "./steps";

const NAVIGATION = ['link "Home"', 'link "Search"', 'link "Bag"', 'link "You"'];
const NOT_INTERESTED = 'button "Not interested"';
const MOST_TABS = 90;

/** Whether the navigation stands before the page, and not below it. */
const isWide = (page: Page) => page.viewportSize()?.width === SIZES.desktop.width;

/** What Tab leads to, by role and name as a screen reader says them, down to the first like `last`. */
async function tabbed(page: Page, last: RegExp): Promise<string[]> {
  const said: string[] = [];
  const focused = page.locator(":focus");
  while (!last.test(said.at(-1) ?? "")) {
    expect(said.length).toBeLessThan(MOST_TABS);
    await page.keyboard.press("Tab");
    const [name = ""] = (await focused.ariaSnapshot()).split("\n");
    said.push(name.replace(/^- |:$/g, ""));
    await expect.poll(() => focused.evaluate(isSeen), name).toBe(true);
  }
  return said;
}

/**
 * Whether an outline tells that it has the focus, and nothing lies over the middle of what is on
 * the screen: Chromium leaves a row as it is when 32 pixels of a thing are.
 */
function isSeen(element: Element): boolean {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  const middle = (from: number, to: number, end: number) =>
    (Math.max(from, 0) + Math.min(to, end)) / 2;
  const hit = document.elementFromPoint(
    middle(left, right, innerWidth),
    middle(top, bottom, innerHeight),
  );
  const outlined = [element, element.parentElement].some(
    (at) => at && getComputedStyle(at).outlineStyle !== "none",
  );
  return outlined && hit !== null && (element.contains(hit) || hit.contains(element));
}

/** What the feed itself leads to; a pill is on a clip that has no rail beside it. */
const onFeed = (search: string[], pill: unknown[]) => [
  'link "Following"',
  'link "For You"',
  ...search,
  expect.stringContaining('feed "Clips and shop cards for you"'),
  'button "Pause"',
  ...pill,
  expect.stringMatching(/^button "Follow @/),
  expect.stringMatching(/^button "Like \d/),
  'button "Save"',
  'button "Share"',
  'button "Unmute"',
];

test("Tab goes through the feed in its order, and each thing has a name @phone", async ({
  page,
}) => {
  await openFeed(page);
  const said = await tabbed(page, /^link "You"/);
  const pill = expect.stringMatching(/^button ".+ \$\d+\.\d\d/);
  expect(said).toEqual([...onFeed(['link "Search"'], [pill]), ...NAVIGATION]);
});

test("Tab goes through the feed as it is seen there: first the navigation @desktop", async ({
  page,
}) => {
  await openFeed(page);
  await expect(page.getByRole("complementary").getByTestId("card-product").first()).toBeVisible();
  const products = await page.getByRole("complementary").getByTestId("card-product").count();
  const said = await tabbed(page, /"Not interested"/);
  // What can be bought stands beside it.
  const product = [expect.stringMatching(/^link ".+ \$\d/), 'button "Add to bag"', NOT_INTERESTED];
  expect(said).toEqual([...NAVIGATION, ...onFeed([], []), ...product]);
  expect(products).toBeGreaterThan(0);
  for (let rest = 1; rest < products; rest += 1) {
    expect(await tabbed(page, /"Not interested"/)).toEqual(product);
  }
});

test("Tab goes through a search in its order, and each thing has a name", async ({ page }) => {
  await PAGES["search"]?.(page);
  await page.reload();
  await expect(page.getByTestId("search-product").first()).toBeVisible();
  const said = await tabbed(page, /^link ".+ \$\d/);
  const isClip = (name: string) => /likes"/.test(name);
  const before = isWide(page) ? NAVIGATION : [];
  expect(said.findIndex(isClip)).toBe(before.length + 4);
  expect(said.filter((name) => !isClip(name))).toEqual([
    ...before,
    'button "Back"',
    expect.stringMatching(/^combobox "Search"/),
    'button "Clear the search"',
    'tab "Top" [selected]',
    'button "Filters"',
    expect.stringMatching(/^combobox "Sort"/),
    ...["Category", "Price", "Brand", "Colour", "Age", "Rating"].map((name) => `button "${name}"`),
    ...["For: son", "Age: 10", "Theme: Ben 10"].map((chip) =>
      expect.stringContaining(`"Remove ${chip}"`),
    ),
    expect.stringMatching(/^link ".+ \$\d/),
  ]);
});

test("Tab goes through a product in its order, and each thing has a name", async ({ page }) => {
  await page.goto("/product/p00980");
  await expect(page.getByTestId("similar-product").first()).toBeVisible();
  const tiles = await page.getByRole("main").getByRole("link", { name: /\$\d/ }).count();
  expect(await tabbed(page, /"Add to bag"/)).toEqual([
    ...(isWide(page) ? NAVIGATION : []),
    'button "Back"',
    expect.stringMatching(/^group "Pictures"/),
    ...[1, 2, 3].map((n) => `button "Show picture ${n} of 3"`),
    ...["teal", "navy", "XS", "S", "L"].map((name) => `link "${name}"`),
    'button "Share"',
    'button "Add to bag"',
  ]);
  for (let tile = 0; tile < tiles; tile += 1) {
    expect(await tabbed(page, /./)).toEqual([expect.stringMatching(/^link .+ \$\d/)]);
  }
  if (!isWide(page)) expect(await tabbed(page, /^link "You"/)).toEqual(NAVIGATION);
});

test("who wants less motion sees none", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.addInitScript(() => {
    const moved: string[] = [];
    Object.assign(window, { moved });
    for (const type of ["animationstart", "transitionrun"] as const) {
      document.addEventListener(type, ({ target }) => moved.push((target as Element).nodeName));
    }
  });
  await openFeed(page);
  await page.keyboard.press("l");
  await expect(await openClipProducts(page)).toBeVisible();
  await page.keyboard.press("Escape");
  // At once, and not on the way there.
  const feed = page.getByRole("feed");
  await feed.focus();
  await page.keyboard.press("ArrowDown");
  expect(await feed.evaluate(({ scrollTop, clientHeight }) => scrollTop / clientHeight)).toBe(1);
  expect(await page.evaluate(() => (window as unknown as { moved: string[] }).moved)).toEqual([]);
});

test.describe("around a notch @phone", () => {
  const [TOP, BOTTOM, SIDE] = [47, 34, 44];

  async function lacks(page: Page, insets: Record<string, number>): Promise<void> {
    const browser = await page.context().newCDPSession(page);
    await browser.send("Emulation.setSafeAreaInsetsOverride", { insets });
  }

  const box = async (of: Locator) => {
    let found = await of.boundingBox();
    // Where a page's shape gives way to the page, it is nowhere for a moment.
    while (!found) found = await of.boundingBox();
    const { x, y, width, height } = found;
    return { left: x, top: y, right: x + width, bottom: y + height };
  };

  test("upright, what can be pressed is between the camera and the bar", async ({ page }) => {
    await lacks(page, { top: TOP, bottom: BOTTOM });
    const navigation = page.getByRole("navigation", { name: "ShopFYP" });
    const { height } = page.viewportSize() ?? { height: 0 };
    const clear = async () => {
      for (const link of await navigation.getByRole("link").all()) {
        expect((await box(link)).bottom).toBeLessThanOrEqual(height - BOTTOM);
      }
      for (const way of await page.locator("header").locator("a, button").all()) {
        expect((await box(way)).top).toBeGreaterThanOrEqual(TOP);
      }
    };
    await openFeed(page);
    await clear();
    // It is at the very bottom, from side to side, as people know it.
    const { width } = page.viewportSize() ?? { width: 0 };
    expect(await box(navigation)).toMatchObject({ left: 0, right: width, bottom: height });
    const sheet = (await openClipProducts(page)).getByRole("list");
    await expect.poll(async () => (await box(sheet)).bottom).toBeLessThanOrEqual(height - BOTTOM);
    for (const address of ["/product/p00980", "/search", "/bag", "/you"]) {
      await page.goto(address);
      await expect(page.getByRole("button", { name: "Back" })).toBeVisible();
      await clear();
    }
    await page.goto("/product/p00980");
    const take = await box(page.getByRole("button", { name: "Add to bag" }));
    expect(take.bottom).toBeLessThanOrEqual((await box(navigation)).top);
  });

  test("on its side, nothing to press is beside it", async ({ page }) => {
    await page.setViewportSize({ width: 844, height: 390 });
    await lacks(page, { left: SIDE, right: SIDE, bottom: 21 });
    for (const [address, last] of [
      ["/", "Unmute"],
      ["/product/p00980", "Add to bag"],
    ] as const) {
      await page.goto(address);
      await expect(page.getByRole("button", { name: last }).first()).toBeVisible();
      // What a row holds beyond its end is scrolled to.
      for (const pressed of await page
        .locator(":is(a, button):visible:not(li *, [inert] *)")
        .all()) {
        const { left, right } = await box(pressed);
        expect(left).toBeGreaterThanOrEqual(SIDE);
        expect(right).toBeLessThanOrEqual(844 - SIDE);
      }
    }
    await openFeed(page);
    await swipeToCard(page);
    for (const name of ["Add to bag", "Not interested"]) {
      const press = current(page).getByRole("button", { name }).first();
      await expect(press).toBeInViewport({ ratio: 1 });
      await press.click({ trial: true });
    }
  });
});
