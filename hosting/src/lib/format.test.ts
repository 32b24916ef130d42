import { expect, test } from "vitest";
import { count, discount } from "./format";

test("the discount is in whole percent, and only where there is one", () => {
  expect(discount(75, 100)).toBe(25);
  expect(discount(100, 100)).toBe(0);
  expect(discount(100, null)).toBe(0);
  expect(discount(null, 100)).toBe(0);
});

test("counts are short", () => {
  expect([950, 1234, 15_600, 180_000].map(count)).toEqual(["950", "1.2K", "16K", "100K+"]);
});
