/** Screenshots of every state of every page: some for the README, all at both sizes and in both themes. */

import { test } from "@playwright/test";
import { PAGES } from "../pages";

const README = new URL("../../../docs/images", import.meta.url).pathname;
const ALL = new URL("../../../test-results/screens", import.meta.url).pathname;
const IN_README = ["feed", "search", "card", "product"];

for (const [name, open] of Object.entries(PAGES)) {
  test(name, async ({ page }, { project }) => {
    await open(page);
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForLoadState("networkidle");
      const shot = { type: "jpeg", quality: 72 } as const;
      const path = `${ALL}/${project.name}-${name}-${colorScheme}.jpg`;
      await page.screenshot({ path, ...shot });
      if (project.name === "phone" && colorScheme === "dark" && IN_README.includes(name)) {
        await page.screenshot({ path: `${README}/${name}.jpg`, ...shot });
      }
    }
  });
}
