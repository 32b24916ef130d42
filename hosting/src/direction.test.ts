/** Where text runs from right to left, so does all else. */

import { afterEach, expect, test } from "vitest";
import icon from "./components/Icon.module.css?raw";
import sheet from "./components/Sheet.module.css?raw";
import clip from "./features/feed/ClipView.module.css?raw";

afterEach(() => {
  document.dir = "";
  document.head.replaceChildren();
  document.body.replaceChildren();
});

test.each([
  ["a clip's progress", clip, "progress", "transform-origin", "left", "right"],
  ["the way back", icon, "directed", "scale", "", "-1 1"],
  ["a sheet beside the page", sheet, "beside", "--from", "40%", "-40%"],
])("%s comes from the other side then", (_, css, className, property, ltr, rtl) => {
  const styles = document.head.appendChild(document.createElement("style"));
  styles.textContent = css;
  const element = document.body.appendChild(document.createElement("div"));
  element.className = className;
  const value = () => getComputedStyle(element).getPropertyValue(property);
  expect(value()).toBe(ltr);
  document.dir = "rtl";
  expect(value()).toBe(rtl);
});

test("no border, margin or padding is put on a side that has another name then", () => {
  const all = import.meta.glob<string>("./**/*.css", {
    query: "?raw",
    import: "default",
    eager: true,
  });
  const named = Object.entries(all).filter(([, css]) =>
    /(border|margin|padding)-(left|right)/.test(css),
  );
  expect(named.map(([path]) => path)).toEqual([]);
});
