import { afterEach, expect, test, vi } from "vitest";

/** The app's modules as a browser of these languages would load them. */
async function loaded(...tags: string[]) {
  vi.resetModules();
  vi.spyOn(navigator, "languages", "get").mockReturnValue(tags);
  const { language, locale } = await import("./language");
  const { strings } = await import("./strings");
  const { price } = await import("./format");
  return { language, locale, strings, price };
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

test("both catalogues hold the same texts", async () => {
  const { en } = await import("./strings/en");
  const { de } = await import("./strings/de");
  const keys = (texts: object): string[] =>
    Object.entries(texts).flatMap(([key, value]) =>
      typeof value === "object" ? keys(value as object).map((k) => `${key}.${k}`) : [key],
    );
  expect(keys(de)).toEqual(keys(en));
});
