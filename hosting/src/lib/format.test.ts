import { expect, test } from "vitest";
import { count, discount } from "./format";
import { reasonText } from "./strings";

test("the discount is in whole percent, and only where there is one", () => {
  expect(discount(75, 100)).toBe(25);
  expect(discount(100, 100)).toBe(0);
  expect(discount(100, null)).toBe(0);
  expect(discount(null, 100)).toBe(0);
});

test("counts are short", () => {
  expect([950, 1234, 15_600, 180_000].map(count)).toEqual(["950", "1.2K", "16K", "100K+"]);
});

test("a reason names what it is true to", () => {
  const searched = { code: "searched", params: { query: "red shoes" } };
  expect(reasonText(searched)).toBe("Because you searched for “red shoes”");
  expect(reasonText({ code: "popular", params: {} })).toBe("Popular right now");
  expect(reasonText({ code: "of a later version", params: {} })).toBe("Shop card");
});
