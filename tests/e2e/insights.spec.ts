/** What an operator sees and does, in a real browser against the whole emulator suite. */

import { type Page, expect, test } from "@playwright/test";
import { current, signInAsOperator, swipeToCard, violations } from "./steps";

/** A figure of the page's first row. */
const figure = (page: Page, name: string) =>
  page
    .locator("dl > div")
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator("dd")
    .first();

// At one size: two at once would count while the other still shops.
test("an operator sees what shoppers do, as charts and as tables @desktop", async ({ page }) => {
  // A shopper looks at a card first, so that there is something to see.
  await page.goto("/");
  await expect(current(page)).toBeVisible();
  const stored = page.waitForResponse(
    (response) => response.url().endsWith("/log_events") && response.request().method() === "POST",
  );
  await swipeToCard(page);
  await expect(current(page).getByTestId("card-product").first()).toBeVisible();
  await current(page).getByRole("button", { name: "Add to bag" }).first().click();
  await stored;
  await page.waitForTimeout(2000);

  await signInAsOperator(page, "wrong");
  await expect(page.getByRole("alert")).toHaveText("No account has this email and password.");
  await signInAsOperator(page);
  await page.getByRole("button", { name: "Count now" }).click();
  await expect(page.getByRole("button", { name: "Count now" })).toBeEnabled({
    timeout: 60_000,
  });
  await expect(figure(page, "Impressions")).toHaveText(/^[1-9]/);
  await expect(figure(page, "Catalogue coverage")).toHaveText(/%$/);

  const breakdown = page.locator("section").filter({ hasText: "What cards were shown for" });
  await expect(breakdown.getByRole("row", { name: /Popular/ }).first()).toBeVisible();
  await breakdown.getByText("Reason", { exact: true }).first().click();
  await expect(breakdown.getByRole("columnheader", { name: "Reason" })).toBeVisible();
  await breakdown.getByText("As a table").click();
  await expect(breakdown.getByRole("table").first()).toBeVisible();
  await expect(page.getByRole("row", { name: /Live/ })).toHaveCount(1);

  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }

  // The shopper of this browser is still who they were: the bag holds what they put in.
  await page.goto("/bag");
  await expect(page.getByRole("button", { name: /^Remove/ }).first()).toBeVisible();
  // And the operator is still signed in, until they sign out.
  await page.goto("/insights");
  await expect(figure(page, "Impressions")).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByLabel("Email")).toBeVisible();
});

test("whoever only shops is not let in", async ({ page, request }) => {
  const email = `${crypto.randomUUID()}@example.com`;
  await request.post(
    "http://127.0.0.1:9099/identitytoolkit.googleapis.com/v1/accounts:signUp?key=none",
    { data: { email, password: "a long password" } },
  );
  await page.goto("/insights");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill("a long password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("This account is no operator");
  await expect(page.locator("dl")).toHaveCount(0);
});

test("the page fits a phone @phone", async ({ page }) => {
  await signInAsOperator(page);
  await expect(page.getByRole("heading", { name: "Releases" })).toBeVisible();
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(await overflow()).toBeLessThanOrEqual(0);
  const main = page.getByRole("main");
  expect(
    await main.evaluate((element) => element.scrollWidth - element.clientWidth),
  ).toBeLessThanOrEqual(0);
});
