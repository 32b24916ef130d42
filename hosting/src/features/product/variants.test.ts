import { expect, test } from "vitest";
import type { Variant } from "../../lib/api";
import { optionsOf } from "./variants";

function variant(product_id: string, options: Record<string, string>, in_stock = true): Variant {
  return {
    product_id,
    title: `Title ${product_id}`,
    image_url: `${product_id}.jpg`,
    in_stock,
    options,
  };
}

const shirts = [
  variant("red-s", { colour: "red", size: "S" }),
  variant("red-m", { colour: "red", size: "M" }, false),
  variant("red-l", { colour: "red", size: "L" }),
  variant("blue-m", { colour: "blue", size: "M" }),
  variant("blue-l", { colour: "blue", size: "L" }),
  variant("teal-s", { colour: "teal", size: "S" }, false),
];

const targets = (product_id: string, option: string) =>
  optionsOf(shirts, product_id)
    .find(({ name }) => name === option)
    ?.choices.map(({ value, variant: to }) => `${value} ${to?.product_id ?? "sold out"}`);

test("a size is kept while the colour changes, and gives way where it is sold out", () => {
  expect(targets("red-l", "colour")).toEqual(["red red-l", "blue blue-l", "teal sold out"]);
  expect(targets("red-s", "colour")).toEqual(["red red-s", "blue blue-m", "teal sold out"]);
});

test("a colour never changes because of a size", () => {
  expect(targets("red-s", "size")).toEqual(["S red-s", "M sold out", "L red-l"]);
  expect(targets("blue-m", "size")).toEqual(["S sold out", "M blue-m", "L blue-l"]);
});

test("what is shown is chosen, in stock or not", () => {
  const [colour, size] = optionsOf(shirts, "red-m");
  expect(colour?.choices.map(({ chosen }) => chosen)).toEqual([true, false, false]);
  expect(size?.choices.filter(({ chosen }) => chosen).map(({ variant: own }) => own)).toEqual([
    shirts[1],
  ]);
  expect(colour?.choices.map(({ image_url }) => image_url)).toEqual([
    "red-m.jpg",
    "blue-m.jpg",
    "teal-s.jpg",
  ]);
});

test("variants that nothing names are told apart by their titles", () => {
  const plain = [variant("a", {}), variant("b", {}, false)];
  expect(optionsOf(plain, "a")).toEqual([
    {
      name: "",
      choices: [
        { value: "Title a", variant: plain[0], chosen: true, image_url: "a.jpg" },
        { value: "Title b", variant: null, chosen: false, image_url: "b.jpg" },
      ],
    },
  ]);
});

test("there is nothing to choose without a second one, or without this one", () => {
  expect(optionsOf([], "a")).toEqual([]);
  expect(optionsOf([variant("a", { size: "S" })], "a")).toEqual([]);
  expect(optionsOf(shirts, "gone")).toEqual([]);
});
