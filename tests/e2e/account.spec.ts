/** What a shopper sees and decides of what is held on them, in a real browser. */

import { readFileSync } from "node:fs";
import { type APIRequestContext, type Page, type Request, expect, test } from "@playwright/test";
import { current, search, swipeToCard, violations } from "./steps";

const BEN_10 = "shoes for my 10-year-old son who likes Ben 10";
const NOT_PERSONAL = /^(Popular|New in the shop|Something new)/;
const EMULATOR = { headers: { Authorization: "Bearer owner" } };

const held = (page: Page) => page.getByTestId("held");

const open = (page: Page, place: "You" | "Home") =>
  page.getByRole("link", { name: place, exact: true }).click();

/** Scroll the feed on to its next card, and say why it is there. */
async function nextReason(page: Page): Promise<string> {
  await open(page, "Home");
  await expect(current(page)).toBeVisible();
  await swipeToCard(page);
  await expect(current(page).getByTestId("card-product").first()).toBeVisible();
  return (await current(page).getByTestId("card-reason").textContent()) ?? "";
}

/** The user id that the page calls functions with. */
function userIdOf(request: Request): string {
  const [, payload = ""] = (request.headers()["authorization"] ?? "").split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as {
    sub: string;
  };
  return claims.sub;
}

/** Open the You page, and say who is asked about. */
async function openYou(page: Page): Promise<string> {
  const asked = page.waitForRequest(
    (sent) => sent.url().endsWith("/my_interests") && sent.method() === "POST",
  );
  await open(page, "You");
  return userIdOf(await asked);
}

/** Every document of the emulator that holds these words, in its path or in it. */
async function documentsWith(request: APIRequestContext, words: string): Promise<string[]> {
  const documents = "http://127.0.0.1:8080/v1/projects/demo-shopfyp/databases/(default)/documents";
  const answer = await request.post(`${documents}:runQuery`, {
    ...EMULATOR,
    data: { structuredQuery: { from: [{ allDescendants: true }] } },
  });
  const found = (await answer.json()) as { document?: { name: string } }[];
  return found
    .filter(({ document }) => JSON.stringify(document).includes(words))
    .map(({ document }) => document?.name ?? "");
}

test.beforeEach(async ({ page }) => {
  await page.goto("/");
  await expect(current(page)).toBeVisible();
});

test("a search is held as an interest, and once removed the next card is not about it @phone", async ({
  page,
}) => {
  await search(page, BEN_10);
  expect(await nextReason(page)).toContain("Because you searched for");
  await open(page, "You");
  const row = held(page).filter({ hasText: BEN_10 });
  await expect(row).toContainText("of what your next cards follow");

  // What was a slip is undone.
  await row.getByRole("button", { name: /^Remove/ }).click();
  await expect(row.getByRole("button", { name: "Undo" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(row.getByRole("button", { name: /^Remove/ })).toBeFocused();

  await page.keyboard.press("Enter");
  await expect(row).toHaveCount(0);
  expect(await nextReason(page)).not.toContain("searched");
  await page.reload();
  await open(page, "You");
  await expect(page.getByRole("heading", { name: "Your interests" })).toBeVisible();
  await expect(held(page).filter({ hasText: BEN_10 })).toHaveCount(0);

  await search(page, BEN_10);
  expect(await nextReason(page)).toContain("Because you searched for");
});

test("with personalisation off, cards are popular ones and nothing is kept @phone", async ({
  page,
  request,
}) => {
  await search(page, "acoustic guitar");
  const userId = await openYou(page);
  const toggle = page.getByRole("switch", { name: "Personalised cards" });
  await expect(held(page).first()).toBeVisible();
  await toggle.click();
  await expect(toggle).toBeEnabled();
  await expect(toggle).not.toBeChecked();
  await expect(page.getByText("none of this is used")).toBeVisible();
  const kept = await documentsWith(request, userId);

  expect(await nextReason(page)).toMatch(NOT_PERSONAL);
  await search(page, "camping tent");
  await page.getByTestId("search-product").first().click();
  await expect(page.getByTestId("similar-product").first()).toBeVisible();
  expect(await nextReason(page)).toMatch(NOT_PERSONAL);
  expect(await documentsWith(request, userId)).toEqual(kept);

  await page.reload();
  await open(page, "You");
  await expect(toggle).not.toBeChecked();
  await toggle.click();
  await expect(toggle).toBeChecked();
  expect(await nextReason(page)).toContain("acoustic guitar");
});

test("the history and the download hold what was done", async ({ page }) => {
  await search(page, "red kettle");
  await page.getByTestId("search-product").first().click();
  await expect(page).toHaveURL(/product/);
  const heading = page.getByRole("heading", { level: 1 });
  await expect(heading).toContainText("Kettle"); // the page is loaded when it is first asked for
  const title = await heading.textContent();
  await open(page, "You");
  await page.getByText("History", { exact: true }).click();
  const [view, asked] = [page.getByTestId("happened").first(), page.getByTestId("happened").nth(1)];
  await expect(view).toContainText(title ?? "?");
  await expect(asked).toContainText("red kettle");

  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download my data" }).click();
  const file = await coming;
  expect(file.suggestedFilename()).toBe("shopfyp-my-data.json");
  const data = JSON.parse(readFileSync(await file.path(), "utf8")) as {
    profile: { recent: { value: string }[] };
    events: { type: string; query?: string }[];
    device: Record<string, string>;
    sign_in: { anonymous: boolean };
  };
  expect(data.events.filter(({ type }) => type === "search")).toMatchObject([
    { query: "red kettle" },
  ]);
  expect(data.profile.recent.map(({ value }) => value)).toContain("red kettle");
  expect(data.device["searches"]).toContain("red kettle");
  expect(data.sign_in.anonymous).toBe(true);
});

test("deleting leaves nothing of the shopper, here or there @phone", async ({ page, request }) => {
  await search(page, "red kettle");
  await page.getByTestId("search-product").first().click();
  await page.getByRole("button", { name: "Add to bag" }).click();
  const userId = await openYou(page);
  await expect(held(page).first()).toBeVisible();
  expect((await documentsWith(request, userId)).length).toBeGreaterThan(1);

  await page.getByRole("button", { name: "Delete everything" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete everything?" });
  const confirm = dialog.getByRole("button", { name: "Delete everything" });
  await expect(confirm).toBeDisabled();
  await dialog.getByLabel("Yes, delete all of it").check();
  await confirm.click();
  await expect(page.getByText("Everything is deleted.")).toBeVisible();
  expect(await documentsWith(request, userId)).toEqual([]);
  const users = await request.post(
    "http://127.0.0.1:9099/identitytoolkit.googleapis.com/v1/projects/demo-shopfyp/accounts:query",
    { ...EMULATOR, data: {} },
  );
  expect(await users.text()).not.toContain(userId);
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);

  await page.getByRole("link", { name: "Keep watching" }).click();
  await page.getByRole("link", { name: "Bag" }).click();
  await expect(page.getByText("Your bag is empty.")).toBeVisible();
  expect(await openYou(page)).not.toBe(userId);
  await expect(page.getByText("Nothing yet. Search or open something")).toBeVisible();
});

test("a profile is kept under a sign-in with its user id, and found again", async ({ page }) => {
  const email = `${Date.now()}@example.com`;
  await search(page, "acoustic guitar");
  const userId = await openYou(page);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Keep my profile" }).click();
  await expect(page.getByText("This password is too short")).toBeVisible();
  await page.getByLabel("Password").fill("long enough");
  await page.getByRole("button", { name: "Keep my profile" }).click();
  await expect(page.getByText(`Signed in as ${email}`)).toBeVisible();
  await page.reload();
  await open(page, "Home");
  expect(await openYou(page)).toBe(userId);
  await expect(page.getByText(`Signed in as ${email}`)).toBeVisible();
  await expect(held(page).filter({ hasText: "acoustic guitar" })).toBeVisible();

  // Out, and somebody new; who then takes the same address is led to the profile that has it.
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByText("without a name or an address")).toBeVisible();
  await expect(page.getByText("Nothing yet. Search or open something")).toBeVisible();
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill("long enough");
  await page.getByRole("button", { name: "Keep my profile" }).click();
  await page.getByRole("button", { name: "Go on with that profile" }).click();
  await expect(page.getByText(`Signed in as ${email}`)).toBeVisible();
  await expect(held(page).filter({ hasText: "acoustic guitar" })).toBeVisible();
  await open(page, "Home");
  expect(await openYou(page)).toBe(userId);
});

test("language and appearance are chosen here, and the page is accessible in both", async ({
  page,
}) => {
  await search(page, "tent");
  await open(page, "You");
  await expect(held(page).first()).toBeVisible();
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const grounds = [];
  for (const theme of ["Dark", "Light"]) {
    await page.getByLabel(theme, { exact: true }).check();
    grounds.push(await ground());
    expect(await violations(page)).toEqual([]);
  }
  expect(grounds).toEqual(["rgb(11, 13, 18)", "rgb(255, 255, 255)"]);
  await page.reload();
  expect(await ground()).toBe("rgb(255, 255, 255)");

  await page.getByLabel("Deutsch", { exact: true }).check();
  await expect(page.getByRole("heading", { name: "Deine Interessen" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
});
