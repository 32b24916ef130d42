import { expect, test } from "vitest";
import { NOT_THE_APP } from "../../vite.config";

/** As Workbox asks: by path and query. */
const isApp = (address: string) => !NOT_THE_APP.some((pattern) => pattern.test(address));

test("without a connection the app opens at any address of its own, with dots as well", () => {
  for (const address of [
    "/",
    "/?clip=c1.2",
    "/search?q=node.js",
    "/search?q=tent&rating=4.5",
    "/product/p00980",
    "/product/SKU-1.2",
    "/following",
    "/you?deleted",
  ]) {
    expect(isApp(address), address).toBe(true);
  }
});

test("the operators' page comes by the network, as its script is not kept", () => {
  expect(isApp("/insights")).toBe(false);
  expect(isApp("/insights?days=7")).toBe(false);
  expect(isApp("/search?q=/insights")).toBe(true);
});

test("it does not take the place of files", () => {
  for (const address of [
    "/__/auth/handler",
    "/feed.json",
    "/robots.txt",
    "/icon-192.png",
    "/assets/index-B1x.js",
    "/demo/clips/c01.mp4",
  ]) {
    expect(isApp(address), address).toBe(false);
  }
});
