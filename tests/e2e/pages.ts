/** Every state that a page can be in, and how one comes to it. */

import { type Page, expect } from "@playwright/test";
import { fillInsights } from "./insights-data";
import {
  amend,
  current,
  openClipProducts,
  openFeed,
  openFirstCard,
  refuse,
  search,
  sharing,
  signInAsOperator,
  swipe,
  swipeToCard,
} from "./steps";

const BEN_10 = "shoes for my 10-year-old son who likes Ben 10";

/** Open an address, and wait for what tells that it is there. */
const at = (address: string, said: string) => async (page: Page) => {
  await page.goto(address);
  await expect(page.getByText(said).first()).toBeVisible();
};

/** The same, with a function that is down. */
const without = (name: string, address: string, said: string) => async (page: Page) => {
  await refuse(page, name, 503, "UNAVAILABLE");
  await at(address, said)(page);
};

const openProduct = at("/product/p00582", "Add to bag");

/** What is said for a while stays, until it has been looked at. */
const keepNotes = (page: Page) =>
  page.evaluate(() => {
    const { setTimeout } = window;
    const patient = (task: () => void, ms = 0, ...rest: unknown[]) =>
      setTimeout(task, ms < 2000 ? ms : 600_000, ...rest);
    Object.assign(window, { setTimeout: patient });
  });

async function openFilters(page: Page): Promise<void> {
  await page.goto("/search?q=toys");
  await page.getByRole("button", { name: "Filters" }).click();
  await expect(page.getByRole("dialog").getByRole("checkbox").first()).toBeVisible();
}

async function openBag(page: Page): Promise<void> {
  await openProduct(page);
  await page.getByRole("button", { name: "Add to bag" }).click();
  await page.getByRole("link", { name: "View bag" }).click();
  await expect(page.getByText("nothing is charged")).toBeVisible();
}

async function openYou(page: Page): Promise<void> {
  await openFeed(page);
  await search(page, BEN_10);
  await page.getByRole("link", { name: "You", exact: true }).click();
  await expect(page.getByTestId("held").first()).toBeVisible();
}

async function openDelete(page: Page): Promise<void> {
  await at("/you", "Your interests")(page);
  await page.getByRole("button", { name: "Delete everything" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
}

export const PAGES: Record<string, (page: Page) => Promise<unknown>> = {
  feed: openFeed,
  "feed-failed": async (page) => {
    await page.route("**/feed.json", (route) => route.fulfill({ status: 503, body: "" }));
    await at("/", "The clips could not be loaded.")(page);
  },
  "not-loaded": async (page) => {
    await page.route("**/assets/start-*.js", (route) => route.abort());
    await at("/", "The app has not loaded.")(page);
  },
  offline: async (page) => {
    await openFeed(page);
    await page.context().setOffline(true);
    await expect(page.getByText("You are offline.")).toBeVisible();
  },
  following: at("/following", "Follow someone"),
  "clip-products": async (page) => {
    await openFeed(page);
    const products = await openClipProducts(page);
    await expect(products.getByTestId("card-product").first()).toBeVisible();
  },
  popular: openFirstCard,
  card: async (page) => {
    await openFeed(page);
    await search(page, BEN_10);
    await page.getByRole("link", { name: "Home" }).click();
    await swipe(page);
    await expect(current(page).getByTestId("card-product").nth(4)).toBeAttached();
  },
  consent: async (page) => {
    await amend(page, "recommend", (answer) => ({ ...answer, personalised: false }));
    await openFirstCard(page);
    await expect(page.getByRole("button", { name: "No, thanks" })).toBeVisible();
  },
  "not-interested": async (page) => {
    await openFirstCard(page);
    await current(page).getByRole("button", { name: "Not interested" }).first().click();
    await expect(current(page).getByText("You will see less like this.")).toBeVisible();
  },
  "card-failed": async (page) => {
    await refuse(page, "recommend", 503, "UNAVAILABLE");
    await openFeed(page);
    await swipeToCard(page);
    await expect(current(page)).toContainText("The shop did not answer");
  },
  "card-old": async (page) => {
    await openFirstCard(page);
    await refuse(page, "recommend", 503, "UNAVAILABLE");
    await swipe(page);
    await swipeToCard(page);
    await expect(current(page).getByText("This is from before.")).toBeVisible();
  },
  "search-start": async (page) => {
    await page.goto("/search");
    await search(page, "red shoes under 80");
    await at("/search", "Recent searches")(page);
    await expect(page.getByText("Popular now")).toBeVisible();
  },
  suggestions: async (page) => {
    await page.goto("/search");
    await page.getByRole("combobox", { name: "Search" }).pressSequentially("ben 10");
    await expect(page.getByRole("option").nth(3)).toBeVisible();
  },
  search: async (page) => {
    await openFeed(page);
    await search(page, BEN_10);
  },
  clips: async (page) => {
    await page.goto("/search?q=frying+pan&tab=clips");
    await expect(page.getByRole("tabpanel").getByRole("link").first()).toBeVisible();
  },
  filters: openFilters,
  "filters-failed": async (page) => {
    await openFilters(page);
    await refuse(page, "search", 503, "UNAVAILABLE");
    await page.getByRole("dialog").getByRole("checkbox").first().check();
    await expect(page.getByRole("dialog").getByText("The search did not answer.")).toBeVisible();
  },
  "search-nothing": async (page) => {
    const none = { products: [], clips: [], facets: [], understood: [], total: 0 };
    await amend(page, "search", (found) => ({ ...found, ...none }));
    await at("/search?q=flux+capacitor", "Nothing found for")(page);
    await expect(page.getByText("Popular now")).toBeVisible();
  },
  "search-relaxed": at("/search?q=red+shoes+under+1+dollar", "Nothing was left otherwise"),
  "clips-none": async (page) => {
    await amend(page, "search", (found) => ({ ...found, clips: [] }));
    await at("/search?q=tent&tab=clips", "No clips about")(page);
  },
  "nothing-passes": at("/search?q=toys&brand=Nobody", "Nothing passes these filters."),
  "search-failed": without("search", "/search?q=tent", "The search did not answer."),
  product: openProduct,
  "product-not-shared": async (page) => {
    await sharing(page, "none", false);
    await openProduct(page);
    await page.getByRole("button", { name: "Share" }).click();
    await expect(page.getByText("The link could not be copied")).toBeVisible();
  },
  "clip-shared": async (page) => {
    await page.context().grantPermissions(["clipboard-write"]);
    await sharing(page, "none", true);
    await openFeed(page);
    await keepNotes(page);
    await current(page).getByRole("button", { name: "Share" }).click();
    await expect(current(page).getByText("Link copied.")).toBeVisible();
  },
  "product-missing": at("/product/no-such-product", "no longer in the shop"),
  "product-failed": without("similar", "/product/p00582", "The product could not be loaded."),
  "bag-empty": at("/bag", "Your bag is empty."),
  bag: openBag,
  bought: async (page) => {
    await openBag(page);
    await page.getByRole("button", { name: "Buy now" }).click();
    await expect(page.getByText("Nothing was charged.")).toBeVisible();
  },
  "page-failed": async (page) => {
    await page.route("**/assets/BagPage-*.js", (route) => route.abort());
    await at("/bag", "This page could not be loaded.")(page);
  },
  you: openYou,
  "you-failed": without("my_interests", "/you", "What is kept about you could not be loaded."),
  "history-failed": async (page) => {
    await openYou(page);
    await page.route("**/documents/shoppers/*:runQuery*", (route) => route.abort());
    await page.getByRole("heading", { name: "History" }).click();
    await expect(page.getByText("Your history could not be loaded.")).toBeVisible();
    await page.getByText("Your history could not be loaded.").scrollIntoViewIfNeeded();
  },
  "you-refused": async (page) => {
    await openYou(page);
    for (const name of ["forget_interest", "set_personalisation", "export_my_data"]) {
      await refuse(page, name, 503, "UNAVAILABLE");
    }
    await page.getByTestId("held").getByRole("button", { name: "Remove" }).click();
    await page.getByRole("switch", { name: "Personalised cards" }).click();
    await page.getByRole("button", { name: "Download my data" }).click();
    for (const what of ["removed", "changed", "collected"]) {
      await expect(page.getByText(`could not be ${what}. Try again.`)).toBeVisible();
    }
  },
  "delete-failed": async (page) => {
    await refuse(page, "delete_my_data", 503, "UNAVAILABLE");
    await openDelete(page);
    await page.getByLabel("Yes, delete all of it").check();
    await page.getByRole("dialog").getByRole("button", { name: "Delete everything" }).click();
    await expect(page.getByText("Not everything is deleted yet.")).toBeVisible();
  },
  delete: openDelete,
  "insights-sign-in": at("/insights", "For operators of this shop."),
  insights: async (page) => {
    await signInAsOperator(page);
    await expect(page.getByRole("heading", { name: "Releases" })).toBeVisible();
  },
  "insights-filled": async (page) => {
    await fillInsights(page);
    await signInAsOperator(page);
    await page.getByText("28 days").click();
    await expect(page.getByRole("row", { name: /flux capacitor/ })).toBeVisible();
  },
  "roll-back-failed": async (page) => {
    await fillInsights(page);
    await refuse(page, "roll_back", 503, "UNAVAILABLE");
    await signInAsOperator(page);
    await page
      .getByRole("button", { name: /^Make .+ live$/ })
      .first()
      .click();
    await page.getByRole("button", { name: "Yes, serve it" }).click();
    const failed = page.getByText("It was not rolled back. Try again.");
    await expect(failed).toBeVisible();
    await failed.scrollIntoViewIfNeeded();
  },
  "insights-failed": async (page) => {
    await refuse(page, "europe-west1/insights", 503, "UNAVAILABLE");
    await signInAsOperator(page);
    await expect(page.getByText("The insights could not be loaded.")).toBeVisible();
  },
};
