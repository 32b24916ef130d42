import { expect, test } from "vitest";
import { ago, count, discount, stars } from "./format";

test("the discount is in whole percent, and only where there is one", () => {
  expect(discount(75, 100)).toBe(25);
  expect(discount(100, 100)).toBe(0);
  expect(discount(100, null)).toBe(0);
  expect(discount(null, 100)).toBe(0);
});

test("counts are short", () => {
  expect([950, 1234, 15_600, 180_000].map(count)).toEqual(["950", "1.2K", "16K", "100K+"]);
});

test("a mean of stars has one decimal", () => {
  expect([4, 4.25, 3.96].map(stars)).toEqual(["4.0", "4.3", "4.0"]);
});

test("how long ago is said in the largest unit that fits", () => {
  const now = new Date("2026-03-10T12:00:00Z");
  const before = (seconds: number) => ago(new Date(now.getTime() - seconds * 1000), now);
  expect([5, 60, 3 * 3600, 30 * 3600, 40 * 86_400].map(before)).toEqual([
    "now",
    "1 minute ago",
    "3 hours ago",
    "yesterday",
    "40 days ago",
  ]);
  // A clock that is behind is not in the future.
  expect(before(-600)).toBe("now");
});
