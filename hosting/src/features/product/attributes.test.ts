import { afterEach, expect, test, vi } from "vitest";

/** As a browser of this language would load it. */
async function loaded(tag: string) {
  vi.resetModules();
  vi.spyOn(navigator, "languages", "get").mockReturnValue([tag]);
  return import("./attributes");
}

afterEach(() => {
  vi.restoreAllMocks();
});

test("names and values are in the reader's language, as far as they are ours", async () => {
  const { nameOf, textOf } = await loaded("de-DE");
  const names = ["brand", "color", "sizes", "material", "pattern", "age_range", "ukuran_layar"];
  expect(names.map(nameOf)).toEqual([
    "Marke",
    "Farbe",
    "Größe",
    "Material",
    "Muster",
    "Alter",
    "ukuran layar",
  ]);
  expect([true, false, "red", ["S", "M"]].map(textOf)).toEqual(["Ja", "Nein", "red", "S, M"]);
});

test("a number is in the reader's format, and as exact as the shop's; it may be a year", async () => {
  expect([1234.5, 2024, 0.0625].map((await loaded("de-DE")).textOf)).toEqual([
    "1234,5",
    "2024",
    "0,0625",
  ]);
  expect((await loaded("en-US")).textOf(1234.5)).toBe("1234.5");
});
