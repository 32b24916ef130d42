import { expect, test } from "vitest";
import type { UnderstoodSlot } from "../../lib/api";
import { chipsOf, ignoredOf, valueOf } from "./chips";

const slot = (name: UnderstoodSlot["slot"], about: Partial<UnderstoodSlot>): UnderstoodSlot => ({
  slot: name,
  values: [],
  low: null,
  high: null,
  start: 0,
  end: 1,
  text: "",
  ...about,
});

test("a range is said in words", () => {
  expect(valueOf(slot("budget", { values: ["USD"], high: 30 }))).toBe("up to $30");
  expect(valueOf(slot("budget", { values: ["EUR"], low: 37.5, high: 62.5 }))).toBe(
    "€37.50 to €62.50",
  );
  expect(valueOf(slot("budget", { low: 50 }))).toBe("from 50");
  expect(valueOf(slot("budget", { values: ["cheap"] }))).toBe("low");
  expect(valueOf(slot("age", { low: 10, high: 10 }))).toBe("10");
  expect(valueOf(slot("age", { low: 8, high: 99 }))).toBe("from 8");
  expect(valueOf(slot("sort", { values: ["price_low"] }))).toBe("cheapest first");
});

test("a person and what follows from them are one chip", () => {
  const understood = [
    slot("recipient", { values: ["mum"], low: 18, high: 99, start: 4 }),
    slot("gender", { values: ["women"], start: 4 }),
  ];
  expect(chipsOf(understood)).toEqual([{ slot: "recipient", label: "For: mum" }]);
});

test("values of one name are one chip, as a name is what can be removed", () => {
  const understood = [
    slot("exclusion", { values: ["plastic"], start: 3 }),
    slot("colour", { values: ["red"], start: 9 }),
    slot("exclusion", { values: ["leather"], start: 12 }),
  ];
  expect(chipsOf(understood).map(({ label }) => label)).toEqual([
    "Not: plastic, leather",
    "Colour: red",
  ]);
});

test("a URL ignores slots only", () => {
  expect(ignoredOf("budget,nonsense,brand")).toEqual(["budget", "brand"]);
  expect(ignoredOf(null)).toEqual([]);
});
