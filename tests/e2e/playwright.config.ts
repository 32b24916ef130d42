import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

// Debian's browser where there is one; else the one that `npx playwright install chromium` brings.
const debian = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);

export default defineConfig({
  testDir: ".",
  // One for each core of a small machine; what is timed has all of it, when the rest is done.
  workers: 2,
  projects: [
    { name: "app", testIgnore: "speed.spec.ts" },
    // Not recorded: the pictures of a trace alone cost two frames a second.
    { name: "speed", testMatch: "speed.spec.ts", dependencies: ["app"], use: { trace: "off" } },
  ],
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 20_000 },
  reporter: "list",
  outputDir: "../../test-results",
  use: {
    baseURL: "http://127.0.0.1:5000",
    viewport: { width: 390, height: 844 },
    // What it answers could not be changed by a test; those about it allow it.
    serviceWorkers: "block",
    trace: "retain-on-failure",
    launchOptions: {
      ...(debian && { executablePath: debian }),
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-quic"],
    },
  },
});
