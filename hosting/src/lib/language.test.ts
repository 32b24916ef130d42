import { afterEach, expect, test, vi } from "vitest";

/** The app's modules as a browser of these languages would load them. */
async function loaded(...tags: string[]) {
  vi.resetModules();
  vi.spyOn(navigator, "languages", "get").mockReturnValue(tags);
  const { language, locale } = await import("./language");
  const { strings } = await import("./strings");
  const format = await import("./format");
  return { language, locale, strings, ...format };
}

afterEach(() => {
  localStorage.clear();
  vi.restoreAllMocks();
});

test("the first of the browser's languages that is spoken is used, and its region for prices", async () => {
  const { language, strings, price } = await loaded("fr-FR", "de-AT", "en-US");
  expect(language).toBe("de");
  expect(strings.bag).toBe("Tasche");
  expect(price(1234.5, "EUR").replace(/\s/g, " ")).toBe("€ 1.234,50");
});

test("what none is spoken of is English", async () => {
  expect((await loaded("fr-FR")).strings.bag).toBe("Bag");
});

test("the shopper's choice counts before the browser's", async () => {
  localStorage.setItem("language", '"de"');
  expect((await loaded("en-GB")).strings.bag).toBe("Tasche");
});

test("a language writes names in its own case, and one of a thing as one", async () => {
  const { strings: de } = await loaded("de");
  expect(de.relaxed("Farbe, Marke")).toMatch(/ohne: Farbe, Marke\.$/);
  expect(["1", "1.200"].map(de.likes)).toEqual(["Gefällt 1 Person", "Gefällt 1.200 Leuten"]);
  const { insights } = await import("./strings/insights");
  expect(["1", "2"].map(insights.clicks)).toEqual(["1 Klick", "2 Klicks"]);
  expect(insights.elsewhere("1")).toBe("1 weiterer Kauf kam nicht von Karten.");
  expect(insights.unpriced("1")).toMatch(/^1 Kauf hat /);
  const { strings: en } = await loaded("en");
  expect(en.relaxed("Colour, Brand")).toMatch(/set aside: colour, brand\.$/);
  expect(["1", "1.2K"].map(en.likes)).toEqual(["1 like", "1.2K likes"]);
});

test("counts and shares are in the language's format", async () => {
  const { count, percent } = await loaded("de-DE");
  expect([1234, 100_000, 180_000].map(count)).toEqual(["1234", "100.000", "100.000+"]);
  expect(percent(0.2)).toBe("20\u00a0%");
});

test("both catalogues hold the same texts", async () => {
  const { en } = await import("./strings/en");
  const { de } = await import("./strings/de");
  const keys = (texts: object): string[] =>
    Object.entries(texts).flatMap(([key, value]) =>
      typeof value === "object" ? keys(value as object).map((k) => `${key}.${k}`) : [key],
    );
  expect(keys(de)).toEqual(keys(en));
});
