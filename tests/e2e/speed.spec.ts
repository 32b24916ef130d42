/** How fast it is on a slow phone: Lighthouse, scripts, frames while swiping, the answer to a tap. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { type Page, type Response, chromium, expect, test } from "@playwright/test";
import lighthouse from "lighthouse";
import { current, openFeed } from "./steps";

const PORT = 9333;
const SWIPES = 100;
/** The middle one counts, by its largest paint: what the machine does beside it moves single runs. */
const RUNS = 3;

test("Lighthouse, as on a phone: quick, accessible, well behaved", async ({ launchOptions }) => {
  test.setTimeout(180_000);
  const browser = await chromium.launch({
    ...launchOptions,
    args: [...(launchOptions.args ?? []), `--remote-debugging-port=${PORT}`],
  });
  try {
    const measured = async () => {
      const result = await lighthouse("http://127.0.0.1:5000/", {
        port: PORT,
        output: "json",
        logLevel: "error",
        onlyCategories: ["performance", "accessibility", "best-practices"],
      });
      return result?.lhr;
    };
    const runs = [];
    while (runs.length < RUNS) {
      let run = await measured();
      // Once in a while Lighthouse misses the start of its own trace: that is no measurement.
      if (run?.runtimeError?.code === "NO_NAVSTART") run = await measured();
      runs.push({ ...run, lcp: run?.audits["largest-contentful-paint"]?.numericValue ?? Infinity });
    }
    runs.sort((one, other) => one.lcp - other.lcp);
    const { lcp = Infinity, categories = {}, audits = {} } = runs[(RUNS - 1) / 2] ?? {};
    const score = (name: string) => Math.round((categories[name]?.score ?? 0) * 100);
    const failed = Object.values(audits)
      .filter(({ score, scoreDisplayMode }) => score === 0 && scoreDisplayMode === "binary")
      .map(({ id }) => id);
    console.log(
      JSON.stringify({
        performance: score("performance"),
        accessibility: score("accessibility"),
        best_practices: score("best-practices"),
        lcp_ms: Math.round(lcp),
        lcp_ms_of_each: runs.map((run) => Math.round(run.lcp)),
        fcp_ms: Math.round(audits["first-contentful-paint"]?.numericValue ?? -1),
        tbt_ms: Math.round(audits["total-blocking-time"]?.numericValue ?? -1),
        cls: audits["cumulative-layout-shift"]?.numericValue,
        failed,
      }),
    );
    expect(score("accessibility")).toBe(100);
    expect(score("best-practices")).toBe(100);
    expect(audits["cumulative-layout-shift"]?.numericValue).toBeLessThanOrEqual(0.02);
    // The machine's own speed is in these two: what an idle one reaches is in docs/evaluation.md.
    expect(score("performance")).toBeGreaterThanOrEqual(90);
    expect(lcp).toBeLessThanOrEqual(2200);
  } finally {
    await browser.close();
  }
});

test("the feed stands before much JavaScript has come", async ({ page }) => {
  const came = new Map<string, Response>();
  page.on("response", (response) => {
    came.set(response.url(), response);
  });
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector('article[data-current="true"]')) return;
      observer.disconnect();
      performance.mark("feed");
    }).observe(document, { childList: true, subtree: true });
  });
  await openFeed(page);
  // What is asked for once the feed stands holds nobody up: Firebase, and the other pages.
  const needed = await page.evaluate(() => {
    const feed = performance.getEntriesByName("feed")[0]?.startTime ?? 0;
    return performance
      .getEntriesByType("resource")
      .filter(({ name, startTime }) => name.endsWith(".js") && startTime < feed)
      .map(({ name }) => name);
  });
  const sizes = await Promise.all(
    needed.map(async (url) => gzipSync((await came.get(url)?.body()) ?? "").length),
  );
  const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
  console.log(JSON.stringify({ scripts: needed.length, gzip_kb: Math.round(size / 100) / 10 }));
  expect(needed.length).toBeGreaterThanOrEqual(3);
  expect(size).toBeLessThanOrEqual(150_000);
});

async function slowedDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
}

test("swiping through a hundred slots keeps its frames on a slow phone", async ({ page }) => {
  test.setTimeout(180_000);
  await openFeed(page);
  await slowedDown(page);
  const frames = await page.evaluate(async (swipes) => {
    const feed = document.querySelector('[role="feed"]') as HTMLElement;
    let count = 0;
    let running = true;
    const tick = () => {
      count += 1;
      if (running) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    const start = performance.now();
    for (let swipe = 0; swipe < swipes; swipe += 1) {
      const rest = new Promise((resolve) => {
        feed.addEventListener("scrollend", resolve, { once: true });
      });
      feed.scrollBy({ top: feed.clientHeight, behavior: "smooth" });
      await rest;
    }
    running = false;
    return (count * 1000) / (performance.now() - start);
  }, SWIPES);
  console.log(JSON.stringify({ frames_per_second: Math.round(frames * 10) / 10 }));
  expect(Number(await current(page).getAttribute("data-place"))).toBe(SWIPES);
  // Drawn without a graphics card, on a busy machine as well: docs/evaluation.md has the figure.
  expect(frames).toBeGreaterThanOrEqual(45);
});

test("taps, likes and swipes are answered at once on a slow phone (INP)", async ({ page }) => {
  const vitals = readFileSync(
    createRequire(import.meta.url)
      .resolve("web-vitals")
      .replace(/[^/]*$/, "web-vitals.iife.js"),
    "utf8",
  );
  await page.addInitScript(
    `${vitals}; webVitals.onINP(({ value }) => { window.inp = value; }, { reportAllChanges: true, durationThreshold: 16 });`,
  );
  await openFeed(page);
  await slowedDown(page);
  for (let round = 0; round < 5; round += 1) {
    await current(page).getByRole("button", { name: "Like" }).click();
    await current(page).getByRole("button", { name: "Save" }).click();
    await page.keyboard.press("m");
    await page.keyboard.press("ArrowDown");
    await page.waitForTimeout(700);
    if ((await current(page).getAttribute("data-testid")) === "shop-card") {
      await page.keyboard.press("ArrowDown");
      await page.waitForTimeout(700);
    }
  }
  const inp = await page.evaluate(() => (window as unknown as { inp?: number }).inp ?? 0);
  console.log(JSON.stringify({ inp_ms: Math.round(inp) }));
  expect(inp).toBeGreaterThan(0);
  expect(inp).toBeLessThanOrEqual(150);
});
