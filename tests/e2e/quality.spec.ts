/** How it feels and for whom: accessibility, directions, languages, sizes, and frames a second. */

import { type Page, expect, test } from "@playwright/test";
import { PAGES } from "./pages";
import { SIZES } from "./playwright.config";
import { current, openFeed, openFirstCard, swipe, violations } from "./steps";

const SMALL = { width: 320, height: 640 };
/** `--touch` in theme.css. */
const TOUCH = 44;

/** Texts of the console that tell what the page's policy refused. */
function refusals(page: Page): string[] {
  const refused: string[] = [];
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) refused.push(message.text());
  });
  return refused;
}

/** By how much the page, and what is in it or over it, is wider than its place. */
const over = (page: Page, direction: string) =>
  page.evaluate((dir) => {
    document.documentElement.dir = dir;
    // A page scrolls in a place of its own, out of which nothing shows.
    return [document.documentElement, ...document.querySelectorAll(".page > *, dialog[open]")].map(
      ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth,
    );
  }, direction);

/** What is pressed and smaller than a finger; not within a text, nor beside what leads to the same. */
const small = (page: Page) =>
  page.evaluate((least) => {
    const fits = (element: Element) => {
      const { width, height } = element.getBoundingClientRect();
      return Math.min(width, height) > least - 0.5;
    };
    const pressed = [...document.querySelectorAll("a, button, select, summary, label")].filter(
      (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest("p"),
    );
    const large = pressed.filter(fits).map((element) => element.getAttribute("href"));
    return pressed
      .filter((element) => !fits(element))
      .filter((element) => !large.includes(element.getAttribute("href") ?? ""))
      .map(({ outerHTML }) => outerHTML.slice(0, 160));
  }, TOUCH);

for (const [name, open] of Object.entries(PAGES)) {
  // One visit in a window of several sizes: to open a page takes longer than to look at it.
  test(`${name}: axe finds nothing, nothing runs over the edge, is too small or refused @phone`, async ({
    page,
  }) => {
    const refused = refusals(page);
    await page.emulateMedia({ reducedMotion: "reduce" });
    await open(page);
    for (const size of [SIZES.phone, SIZES.desktop, SMALL]) {
      await page.setViewportSize(size);
      for (const direction of ["rtl", "ltr"]) {
        const widths = await over(page, direction);
        expect(widths, `${size.width} ${direction}`).toEqual(widths.map(() => 0));
      }
      if (size !== SIZES.desktop) expect(await small(page), `${size.width}`).toEqual([]);
      if (size === SMALL) continue;
      for (const colorScheme of ["dark", "light"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await violations(page), `${size.width} ${colorScheme}`).toEqual([]);
      }
    }
    expect(refused).toEqual([]);

    await page.setViewportSize(SIZES.phone);
    await page.evaluate(() => {
      document.documentElement.style.fontSize = "200%";
    });
    const widths = await over(page, "ltr");
    expect(widths, "text twice as large").toEqual(widths.map(() => 0));
  });
}

test("the policy refuses whatever else is put into a page @phone", async ({ page }) => {
  const refused = refusals(page);
  await openFeed(page);
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    const link = document.createElement("a");
    link.setAttribute("onclick", "window.ran = true");
    document.body.append(script, link);
    link.click();
    return "ran" in window;
  });
  expect(ran).toBe(false);
  expect(refused.length).toBeGreaterThanOrEqual(2);
});

test.describe("in German", () => {
  test.use({ locale: "de-DE" });

  test("texts and prices are in the shopper's language and format @phone", async ({ page }) => {
    await page.goto("/product/p00582");
    await expect(page.getByRole("button", { name: "In die Tasche" })).toBeVisible();
    await expect(page.getByText(/\d,\d\d\s\$/).first()).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("de");
  });
});

test("nothing shifts while the feed loads and is swiped through", async ({ page }) => {
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) {
        shifts.push(entry.value);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  await openFirstCard(page);
  await swipe(page);
  const shifted = await page.evaluate(() =>
    (window as unknown as { shifts: number[] }).shifts.reduce((sum, value) => sum + value, 0),
  );
  expect(shifted).toBeLessThanOrEqual(0.02);
});

test("the focus moves with what is seen: never to a slot that is off the screen", async ({
  page,
}) => {
  await openFeed(page);
  await swipe(page);
  for (let tabs = 0; tabs < 20; tabs += 1) {
    await page.keyboard.press("Tab");
    const away = await page.evaluate(() => {
      const slot = document.activeElement?.closest("article");
      return slot ? slot.dataset["current"] !== "true" : false;
    });
    expect(away).toBe(false);
  }
  await expect(current(page)).toHaveAttribute("data-place", "1");
});
