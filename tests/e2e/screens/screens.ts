/** Screenshots of the main screens: the README's, and all of them at both sizes and in both themes. */

import { type Page, test } from "@playwright/test";
import { current, openFeed, openFirstCard, search, swipe } from "../steps";

const README = new URL("../../../docs/images", import.meta.url).pathname;
const ALL = new URL("../../../test-results/screens", import.meta.url).pathname;
const BEN_10 = "shoes for my 10-year-old son who likes Ben 10";
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };

const SCREENS: Record<string, (page: Page) => Promise<unknown>> = {
  feed: async (page) => {
    await openFeed(page);
    await current(page).locator("video").evaluate(playing);
  },
  sheet: async (page) => {
    await openFeed(page);
    await current(page).locator("button[aria-haspopup=dialog]").click();
  },
  following: (page) => page.goto("/following"),
  search: async (page) => {
    await openFeed(page);
    await search(page, BEN_10);
  },
  card: async (page) => {
    await openFeed(page);
    await search(page, BEN_10);
    await page.getByRole("link", { name: "Home" }).click();
    await swipe(page);
    await page.getByTestId("card-product").nth(4).waitFor();
  },
  popular: openFirstCard,
  product: async (page) => {
    await page.goto("/product/p00582");
    await page.getByRole("button", { name: "Add to bag" }).waitFor();
  },
  bag: async (page) => {
    await page.goto("/product/p00582");
    await page.getByRole("button", { name: "Add to bag" }).click();
    await page.getByRole("navigation").getByRole("link", { name: /^Bag/ }).click();
  },
  you: async (page) => {
    await openFeed(page);
    await search(page, BEN_10);
    await page.getByRole("link", { name: "You", exact: true }).click();
    await page.getByTestId("held").first().waitFor();
  },
};
const IN_README = ["feed", "search", "card", "product"];

async function playing(video: HTMLVideoElement): Promise<void> {
  await video.play();
}

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ["dark", "light"] as const) {
    for (const [name, open] of Object.entries(SCREENS)) {
      test(`${name}, ${size}, ${colorScheme}`, async ({ page }) => {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        await open(page);
        await page.waitForLoadState("networkidle");
        const shot = { type: "jpeg", quality: 72 } as const;
        await page.screenshot({ path: `${ALL}/${size}-${name}-${colorScheme}.jpg`, ...shot });
        if (size === "phone" && colorScheme === "dark" && IN_README.includes(name)) {
          await page.screenshot({ path: `${README}/${name}.jpg`, ...shot });
        }
      });
    }
  }
}
