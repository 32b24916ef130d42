/** Colours and sizes of text have names, in app/theme.css; a value that has one goes by it. */

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
