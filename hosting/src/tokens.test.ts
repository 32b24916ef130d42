/** Colours, sizes of text and distances have names, in app/theme.css, and go by them. */

import { expect, test } from "vitest";
import theme from "./app/theme.css?raw";

const all = Object.entries(
  import.meta.glob<string>("./**/*.css", { query: "?raw", import: "default", eager: true }),
);
const sizes = [...theme.matchAll(/--type-\d: (.+);/g)].map(([, size]) => size);

/** Every declaration that is no token's own. */
const declarations = all.flatMap(([path, css]) =>
  [...css.matchAll(/^\s*([a-z-]+): (.+);/gm)]
    .filter(([, property = ""]) => !property.startsWith("--"))
    .map(([, property, value]) => ({ path, property, value })),
);

test("no colour is written as a number", () => {
  expect(declarations.filter(({ value = "" }) => /#[\da-f]{3}/i.test(value))).toEqual([]);
});

test("no size of text is written that is on the scale", () => {
  expect(sizes.length).toBeGreaterThan(0);
  const written = declarations.filter(
    ({ property, value }) => property === "font-size" && sizes.includes(value),
  );
  expect(written).toEqual([]);
});

test("distances are of the scale, which is a grid of four pixels", () => {
  const scale = [...theme.matchAll(/--space-\d: (\d+)px;/g)].map(([, size]) => Number(size));
  expect(scale).toHaveLength(8);
  expect(scale.filter((size) => size % 4)).toEqual([]);
  const written = declarations.filter(
    ({ property = "", value = "" }) =>
      /^((padding|margin)(-|$)|(row-|column-)?gap$)/.test(property) && /\dpx/.test(value),
  );
  expect(written).toEqual([]);
});
