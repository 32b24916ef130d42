import { expect, test } from "vitest";
import type { FacetName, Filters } from "../../lib/api";
import {
  type Choice,
  type Value,
  choiceOf,
  chosenOf,
  isChosen,
  labelOf,
  parametersOf,
  toggled,
} from "./filters";

const none: Value = { path: [], low: null, high: null };
const named = (...path: string[]): Value => ({ ...none, path });
const range = (low: number | null, high: number | null): Value => ({ ...none, low, high });

const everything: Choice = {
  filters: {
    category: [["Shoes", "Kids' shoes"], ["A/B & C"]],
    brand: ["Pippin & Co", "Zuma"],
    price: { low: 20, high: 49.5, currency: "EUR" },
    rating: 4.5,
    colour: ["sky blue"],
    age: { high: 5 },
  },
  sort: "price_low",
};

test("a URL holds a choice and gives it back", () => {
  const written = new URLSearchParams(parametersOf(everything)).toString();
  expect(choiceOf(new URLSearchParams(written))).toEqual(everything);
  expect(parametersOf({ filters: {}, sort: null })).toEqual([]);
});

test("what makes no sense in a URL is left out", () => {
  const wrong = "category=%25&brand=&price=9..3&age=x..&rating=7&sort=cheap&colour=";
  expect(choiceOf(new URLSearchParams(wrong))).toEqual({ filters: {}, sort: null });
});

test("a price counts without a currency that is none", () => {
  for (const currency of ["EURO", "eur", ""]) {
    const { filters } = choiceOf(new URLSearchParams({ price: "10..20", currency }));
    expect(filters).toEqual({ price: { low: 10, high: 20 } });
    expect(chosenOf(filters).map(({ label }) => label)).toEqual(["10 to 20"]);
  }
});

test.each<[FacetName, Value]>([
  ["category", named("Shoes", "Women")],
  ["brand", named("Zuma")],
  ["colour", named("red")],
  ["price", range(null, 20)],
  ["rating", range(4, null)],
  ["age", range(3, 5)],
])("a value of %s is chosen, and taken back", (name, value) => {
  const chosen = toggled({}, name, value);
  expect(isChosen(chosen, name, value)).toBe(true);
  expect(isChosen({}, name, value)).toBe(false);
  expect(toggled(chosen, name, value)).toEqual({});
});

test("names are alternatives, ranges take each other's place", () => {
  expect(toggled({ brand: ["A"] }, "brand", named("B")).brand).toEqual(["A", "B"]);
  const dear = toggled({ price: { high: 20 } }, "price", range(20, 50), "USD");
  expect(dear).toEqual({ price: { low: 20, high: 50, currency: "USD" } });
});

test("a category and one within it are not both chosen", () => {
  const shoes: Filters = { category: [["Toys"], ["Shoes"]] };
  const narrower = toggled(shoes, "category", named("Shoes", "Kids"));
  expect(narrower.category).toEqual([["Toys"], ["Shoes", "Kids"]]);
  expect(toggled(narrower, "category", named("Shoes")).category).toEqual([["Toys"], ["Shoes"]]);
});

test("each thing chosen is a chip that takes only itself away", () => {
  const chips = chosenOf(everything.filters);
  expect(chips.map(({ label }) => label)).toEqual([
    "Kids' shoes",
    "A/B & C",
    "€20 to €49.50",
    "Pippin & Co",
    "Zuma",
    "Sky blue",
    "Age: Up to 5",
    "Rating: 4.5 and up",
  ]);
  expect(chips[4]?.without).toEqual({ ...everything.filters, brand: ["Pippin & Co"] });
});

test("values are said in words", () => {
  expect(labelOf("price", range(50, null), "USD")).toBe("From $50");
  expect(labelOf("price", range(0, 50), "USD")).toBe("Up to $50");
  expect(labelOf("age", range(18, 99))).toBe("From 18");
  expect(labelOf("brand", named("iCandle"))).toBe("iCandle");
});
