import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

// Debian's browser where there is one; else the one that `npx playwright install chromium` brings.
const debian = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);

export const SIZES = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
};

export default defineConfig({
  testDir: ".",
  // One for each core of a small machine; what is timed has all of it, when the rest is done.
  workers: 2,
  projects: [
    // What is of one size alone is tagged so; what is of no size runs as on a phone.
    { name: "phone", testIgnore: "speed.spec.ts", grepInvert: /@desktop/ },
    {
      name: "desktop",
      testIgnore: "speed.spec.ts",
      grepInvert: /@phone/,
      use: { viewport: SIZES.desktop },
    },
    // Never recorded: the pictures of a trace alone cost two frames a second.
    {
      name: "speed",
      testMatch: "speed.spec.ts",
      dependencies: ["phone", "desktop"],
      use: { trace: "off" },
    },
  ],
  forbidOnly: true,
  // A machine that others share may be busy once; what failed first is told all the same.
  retries: 1,
  timeout: 60_000,
  expect: { timeout: 20_000 },
  // By its whole path: the screenshots' configuration lies in another folder.
  reporter: [["list"], [new URL("failures.ts", import.meta.url).pathname]],
  outputDir: "../../test-results",
  use: {
    baseURL: "http://127.0.0.1:5000",
    viewport: SIZES.phone,
    // What it answers could not be changed by a test; those about it allow it.
    serviceWorkers: "block",
    // A fifth of the time, were every test's first try recorded.
    trace: "on-first-retry",
    launchOptions: {
      ...(debian && { executablePath: debian }),
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-quic"],
    },
  },
});
