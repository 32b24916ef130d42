import { afterEach, expect, test } from "vitest";
import css from "./Filters.module.css?raw";

afterEach(() => {
  document.head.replaceChildren();
  document.body.replaceChildren();
});

test("a rating that is chosen has its star in the colour of its words", () => {
  document.head.appendChild(document.createElement("style")).textContent = css;
  document.body.innerHTML = `<div class="pills">
    <button aria-pressed="true"><span class="star">★</span></button>
  </div>`;
  const star = document.querySelector(".star");
  expect(star && getComputedStyle(star).color).toBe("inherit");
});

test("the order is chosen in letters that iOS need not zoom to", () => {
  // Which jsdom cannot be told to be.
  expect(css).toMatch(
    /@supports \(-webkit-touch-callout: none\) {\s*\.open select {\s*font-size: 1rem;/,
  );
});

test("the bar has room at the ends of its words, and not at the left and the right", () => {
  expect(css).not.toMatch(/^\s*(left|right):/m);
  const sides = [...css.matchAll(/(?:padding|margin): \S+ (\S+) \S+ (\S+);/g)];
  expect(sides.filter(([, right, left]) => right !== left)).toEqual([]);
});
