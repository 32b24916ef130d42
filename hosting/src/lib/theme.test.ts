import { expect, test } from "vitest";
import page from "../../index.html?raw";
import { theme } from "./theme";

const shown = () => document.documentElement.dataset["theme"];

test("the page looks as is chosen, in this tab or in another", () => {
  theme.set("dark");
  expect(shown()).toBe("dark");
  localStorage.setItem("theme", '"light"');
  window.dispatchEvent(new StorageEvent("storage", { key: "theme" }));
  expect(shown()).toBe("light");
  theme.set("system");
  expect(shown()).toBeUndefined();
});

test("the browser's bar has the colour of the look that is chosen, or else of the system's", () => {
  const { head } = new DOMParser().parseFromString(page, "text/html");
  const bars = [...head.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')];
  const media = () => bars.map((bar) => [bar.content, bar.getAttribute("media")]);
  const asTheSystem = media();
  expect(asTheSystem).toEqual([
    ["#0b0d12", "(prefers-color-scheme: dark)"],
    ["#ffffff", "(prefers-color-scheme: light)"],
  ]);
  document.head.append(...bars);
  theme.set("light");
  expect(media().map(([, media]) => media)).toEqual(["not all", "all"]);
  theme.set("dark");
  expect(media().map(([, media]) => media)).toEqual(["all", "not all"]);
  theme.set("system");
  expect(media()).toEqual(asTheSystem);
});
