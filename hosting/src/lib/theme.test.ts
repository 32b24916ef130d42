import { expect, test } from "vitest";
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
