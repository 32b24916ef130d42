/** How it feels and for whom: accessibility, directions, languages, sizes, and frames a second. */

import AxeBuilder from "@axe-core/playwright";
import { type Page, expect, test } from "@playwright/test";
import { current, openFeed, openFirstCard, swipe } from "./steps";

const PAGES = {
  feed: (page: Page) => openFeed(page),
  card: (page: Page) => openFirstCard(page),
  following: async (page: Page) => {
    await page.goto("/following");
    await expect(page.getByText("Follow someone")).toBeVisible();
  },
  search: async (page: Page) => {
    await page.goto("/search?q=red shoes under 80");
    await expect(page.getByTestId("search-product").first()).toBeVisible();
  },
  product: async (page: Page) => {
    await page.goto("/product/p00582");
    await expect(page.getByRole("button", { name: "Add to bag" })).toBeVisible();
  },
  bag: async (page: Page) => {
    await page.goto("/bag");
    await expect(page.getByText("Your bag is empty.")).toBeVisible();
  },
  you: async (page: Page) => {
    await page.goto("/you");
    await expect(page.getByRole("heading", { name: "Your interests" })).toBeVisible();
  },
} as const;

for (const theme of ["dark", "light"] as const) {
  test(`axe finds nothing on any page, ${theme}`, async ({ page }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    for (const [name, open] of Object.entries(PAGES)) {
      await open(page);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(
        ({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)} ${nodes[0]?.failureSummary}`,
      );
      expect(found, name).toEqual([]);
    }
  });
}

test("the policy refuses nothing of ours, and whatever else is put into a page", async ({
  page,
}) => {
  const refused: string[] = [];
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) refused.push(message.text());
  });
  for (const open of Object.values(PAGES)) await open(page);
  expect(refused).toEqual([]);
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

test("nothing runs over the edge, from right to left and on a small phone as well", async ({
  page,
}) => {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const [name, open] of Object.entries(PAGES)) {
    await open(page);
    for (const direction of ["ltr", "rtl"]) {
      const over = await page.evaluate((dir) => {
        document.documentElement.dir = dir;
        // A page scrolls in a place of its own, out of which nothing shows.
        return [document.documentElement, ...document.querySelectorAll(".page > *")].map(
          ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth,
        );
      }, direction);
      expect(over, `${name} ${direction}`).toEqual([0, 0]);
    }
  }
});

test.describe("in German", () => {
  test.use({ locale: "de-DE" });

  test("texts and prices are in the shopper's language and format", async ({ page }) => {
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
