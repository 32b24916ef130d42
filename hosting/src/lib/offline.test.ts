import { afterEach, expect, test, vi } from "vitest";
import { installOffline } from "./offline";

const register = vi.fn(() => Promise.resolve());
vi.stubEnv("DEV", false);
Object.defineProperty(navigator, "serviceWorker", { value: { register }, configurable: true });

afterEach(() => {
  document.head.replaceChildren();
  register.mockClear();
  vi.restoreAllMocks();
});

test("the service worker waits for the page to have loaded", () => {
  vi.spyOn(document, "readyState", "get").mockReturnValue("interactive");
  installOffline();
  expect(register).not.toHaveBeenCalled();
  window.dispatchEvent(new Event("load"));
  expect(register).toHaveBeenCalledWith("/sw.js");
});

test("it is registered as well when the app starts after that", () => {
  vi.spyOn(document, "readyState", "get").mockReturnValue("complete");
  installOffline();
  expect(register).toHaveBeenCalledWith("/sw.js");
});

test("the manifest is linked by the app, once it runs", () => {
  expect(document.head.querySelector("link[rel=manifest]")).toBeNull();
  installOffline();
  expect(document.head.querySelector("link[rel=manifest]")).toHaveAttribute(
    "href",
    "/manifest.webmanifest",
  );
});
