import { expect, test } from "vitest";
import type { SuggestionsResponse } from "../../lib/api";
import { MOST, indexOf, matchesOf, popularSearches } from "./suggestions";

type Row = SuggestionsResponse["entries"][number];

const index = indexOf({
  release: "r1",
  entries: [
    ["Shoes", "category", 900],
    ["Light-Up Trainers", "category", 850],
    ["Ben 10", "theme", 800],
    ["ben 10 light-up trainers", "query", 700],
    ["Benton & Sons", "brand", 650],
    ["Crème Brûlée Torch", "category", 600],
    ["Chef's Knife", "category", 550],
    ["Stridewell Ben 10 Trainers for Boys", "product", 500, "p1"],
    ["Ben 10 Wellies", "product", 400, "p2"],
    ["กาน้ำชา", "category", 300],
  ],
});

const found = (typed: string, recent: string[] = [], among = index) =>
  matchesOf(among, typed, recent).map(({ text }) => text);
/** The text of the first match, with what was typed in brackets. */
const marked = (typed: string) =>
  (matchesOf(index, typed, [])[0]?.parts ?? [])
    .map(({ text, typed: own }) => (own ? `[${text}]` : text))
    .join("");

test("the start of the text comes first, then the start of a word, then all words", () => {
  expect(found("ben")).toEqual([
    "Ben 10",
    "ben 10 light-up trainers",
    "Benton & Sons",
    "Ben 10 Wellies",
    "Stridewell Ben 10 Trainers for Boys",
  ]);
  expect(found("trainers ben")).toEqual([
    "ben 10 light-up trainers",
    "Stridewell Ben 10 Trainers for Boys",
  ]);
});

test("the middle of a word is no match", () => {
  expect(found("hoes")).toEqual([]);
  expect(found("en 10")).toEqual([]);
});

test("among equal matches the heavier comes first", () => {
  const rows: Row[] = [
    ["mug tree", "query", 9],
    ["mug", "query", 5],
    ["mug red", "query", 1],
  ];
  expect(found("mu", [], indexOf({ release: "", entries: rows }))).toEqual([
    "mug tree",
    "mug",
    "mug red",
  ]);
});

test("case, accents, hyphens and apostrophes make no difference", () => {
  expect(found("CREME BRULÉE")).toEqual(["Crème Brûlée Torch"]);
  expect(found("light up")[0]).toBe("Light-Up Trainers");
  expect(found("chefs kn")).toEqual(["Chef's Knife"]);
  expect(found("chef’s")).toEqual(["Chef's Knife"]);
  expect(found("benton sons")).toEqual([]); // typed out: nothing to complete
  expect(found("กาน้ำ")).toEqual(["กาน้ำชา"]);
});

test("a space ends a word", () => {
  expect(found("ben ")).not.toContain("Benton & Sons");
  expect(found("ben")).toContain("Benton & Sons");
});

test("one slip is forgiven, if nothing matches and the first letter is right", () => {
  expect(found("trainres")[0]).toBe("Light-Up Trainers"); // swapped
  expect(found("tainers")[0]).toBe("Light-Up Trainers"); // missing
  expect(found("traimers")[0]).toBe("Light-Up Trainers"); // wrong
  expect(found("traainers")[0]).toBe("Light-Up Trainers"); // too many
  expect(found("ben 10 wellise")).toEqual(["Ben 10 Wellies"]);
  expect(found("trsinres")).toEqual([]); // two
  expect(found("rainers")).toEqual([]); // the first letter
  expect(found("sheos")).toEqual(["Shoes"]);
  expect(found("sho")).toEqual(["Shoes"]);
  expect(found("shx")).toEqual([]); // too short to tell
});

test("what is typed is told from what completes it", () => {
  expect(marked("sh")).toBe("[Sh]oes");
  expect(marked("creme bru")).toBe("[Crème Brû]lée Torch");
  expect(marked("chefs k")).toBe("[Chef's K]nife");
  expect(marked("train")).toBe("Light-Up [Train]ers");
  expect(marked("trainers ben")).toBe("[ben] 10 light-up [trainers]");
  expect(marked("ben ")).toBe("[Ben] 10");
  expect(marked("trainres")).toBe("[Light-Up Trainers]");
  expect(marked("กาน้")).toBe("[กาน้]ำชา");
});

test("recent searches come first, three of them, and each text is there once", () => {
  const recent = ["Ben 10", "ben lamp", "red ben", "ben cup", "shoes"];
  expect(found("ben", recent).slice(0, 5)).toEqual([
    "Ben 10",
    "ben lamp",
    "ben cup",
    "ben 10 light-up trainers",
    "Benton & Sons",
  ]);
  expect(matchesOf(index, "ben", recent)[0]?.kind).toBe("recent");
  // What is in the field already is no suggestion.
  expect(found("shoes", recent)).toEqual([]);
});

test("nothing typed gives recent searches and what is popular", () => {
  expect(found(" ", ["lamp", "shoes"]).slice(0, 4)).toEqual([
    "lamp",
    "shoes",
    "Light-Up Trainers",
    "Ben 10",
  ]);
  expect(popularSearches(index)).not.toContain("Benton & Sons");
  expect(popularSearches(index)).not.toContain("Ben 10 Wellies");
});

test("products come last, but two of them always, and can be opened", () => {
  const lamps = Array.from({ length: 9 }, (_, n): Row => [`lamp ${n}`, "product", 99 - n, `p${n}`]);
  const shades = Array.from({ length: 9 }, (_, n): Row => [`lamp shade ${n}`, "query", 9 - n]);
  const both = matchesOf(indexOf({ release: "", entries: [...lamps, ...shades] }), "lamp", [
    "lamps",
  ]);
  expect(both.map(({ text }) => text)).toEqual([
    "lamps",
    "lamp shade 0",
    "lamp shade 1",
    "lamp shade 2",
    "lamp shade 3",
    "lamp shade 4",
    "lamp 0",
    "lamp 1",
  ]);
  expect(both.at(-1)?.product_id).toBe("p1");
  expect(found("lamp", [], indexOf({ release: "", entries: shades }))).toHaveLength(MOST);
  const few = found(
    "lamp",
    [],
    indexOf({ release: "", entries: [...lamps, ["lamps", "category", 1]] }),
  );
  expect(few.slice(0, 2)).toEqual(["lamps", "lamp 0"]);
  expect(few).toHaveLength(MOST);
});

test("odd input is only text", () => {
  for (const typed of ["(", "\\", ".*", "[", "ß", "😀", "\u0301", "a".repeat(500)]) {
    expect(Array.isArray(found(typed))).toBe(true);
  }
});

test("a keystroke among 5,000 suggestions takes a few milliseconds at the most", () => {
  const letters = "abcdefghijklmnopqrstuvwxyz";
  const word = (seed: number) =>
    Array.from({ length: 7 }, (_, n) => letters[(seed * 7919 + n * n * 31 + n) % 26]).join("");
  const rows = Array.from({ length: 5000 }, (_, n): Row => [
    [1, 2, 3, 4, 5].map((k) => word(n * k)).join(" "),
    "product",
    5000 - n,
    `p${n}`,
  ]);
  const large = indexOf({ release: "", entries: rows });
  const medians = ["s", "sh", "shoe", "shoe trai", "zzqzzq", "slippres"].map((typed) => {
    const took = Array.from({ length: 41 }, () => {
      const start = performance.now();
      matchesOf(large, typed, ["red shoes"]);
      return performance.now() - start;
    });
    return took.sort((one, other) => one - other)[20] ?? Infinity;
  });
  expect(Math.max(...medians)).toBeLessThan(10);
});
