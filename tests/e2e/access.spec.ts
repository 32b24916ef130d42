/** Without a mouse, without seeing it, with less motion, and around what a phone's screen lacks. */

import { type Locator, type Page, expect, test } from "@playwright/test";
import { PAGES } from "./pages";
import { current, openFeed } from "./steps";

const NAVIGATION = ['link "Home"', 'link "Search"', 'link "Bag"', 'link "You"'];
const MOST_TABS = 90;

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

test("Tab goes through the feed in its order, and each thing has a name", async ({ page }) => {
  await openFeed(page);
  const said = await tabbed(page, /^link "You"/);
  expect(said.slice(0, 11)).toEqual([
    'link "Following"',
    'link "For You"',
    'link "Search"',
    expect.stringContaining('feed "Clips and shop cards for you"'),
    'button "Pause"',
    expect.stringMatching(/^button ".+ \$\d+\.\d\d/),
    expect.stringMatching(/^button "Follow @/),
    expect.stringMatching(/^button "Like \d/),
    'button "Save"',
    'button "Share"',
    'button "Unmute"',
  ]);
  // Beside it, where there is room, what can be bought.
  for (const name of said.slice(11, -4)) {
    expect(name).toMatch(/^(link ".+ \$\d|button "(Add to bag|Not interested)")/);
  }
  expect(said.slice(-4)).toEqual(NAVIGATION);
});

test("Tab goes through a search in its order, and each thing has a name", async ({ page }) => {
  await PAGES["search"]?.(page);
  await page.reload();
  await expect(page.getByTestId("search-product").first()).toBeVisible();
  const said = await tabbed(page, /^link ".+ \$\d/);
  const isClip = (name: string) => /likes"/.test(name);
  expect(said.findIndex(isClip)).toBe(4);
  expect(said.filter((name) => !isClip(name))).toEqual([
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
  const said = await tabbed(page, /^link "You"/);
  expect(said.slice(0, 12)).toEqual([
    'button "Back"',
    expect.stringMatching(/^group "Pictures"/),
    ...[1, 2, 3].map((n) => `button "Show picture ${n} of 3"`),
    ...["teal", "navy", "XS", "S", "L"].map((name) => `link "${name}"`),
    'button "Share"',
    'button "Add to bag"',
  ]);
  for (const name of said.slice(12, -4)) expect(name).toMatch(/link .+ \$\d/);
  expect(said.slice(-4)).toEqual(NAVIGATION);
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
  await current(page).locator("button[aria-haspopup=dialog]").click();
  await expect(page.getByRole("dialog")).toBeVisible();
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
    const { x = 0, y = 0, width = 0, height = 0 } = (await of.boundingBox()) ?? {};
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
    await current(page).locator("button[aria-haspopup=dialog]").click();
    const sheet = page.getByRole("dialog").getByRole("list");
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
  });
});
