import { expect, test } from "vitest";
import type { InsightsDay } from "../../lib/api";
import { aDay, counts } from "./testing";
import {
  calendar,
  errorShares,
  figure,
  latencies,
  lines,
  mainCurrency,
  sum,
  ticks,
  totals,
} from "./figures";

const days: InsightsDay[] = [
  aDay("2026-03-01", {
    cards: counts({ impressions: 10, clicks: 2, revenue: { USD: 5, EUR: 1 } }),
    groups: {
      source: [
        { name: "new", ...counts({ impressions: 4, clicks: 2 }) },
        { name: "popular", ...counts({ impressions: 6 }) },
      ],
    },
  }),
  aDay("2026-03-03", {
    cards: counts({ impressions: 30, add_to_cart: 3, revenue: { USD: 7 } }),
    groups: {
      source: [{ name: "popular", ...counts({ impressions: 30, revenue: { USD: 3 } }) }],
    },
    functions: [
      { name: "search", calls: 4, refused: 0, errors: 1, p50: 10, p95: 20, p99: 20 },
      { name: "similar", calls: 1, refused: 0, errors: 0, p50: null, p95: null, p99: null },
    ],
  }),
];

test("days between that were not counted are there, and say nothing", () => {
  expect(calendar(days).map(({ day }) => day)).toEqual(["2026-03-01", "2026-03-02", "2026-03-03"]);
  expect(calendar([])).toEqual([]);
  expect(lines(days, "source", "impressions", "USD")).toEqual([
    { name: "popular", values: [6, null, 30] },
    { name: "new", values: [4, null, 0] },
  ]);
});

test("a rate of nothing is no number", () => {
  expect(lines(days, "source", "ctr", "USD")).toEqual([
    { name: "popular", values: [0, null, 0] },
    { name: "new", values: [0.5, null, null] },
  ]);
  expect(lines(days, "source", "rpm", "USD")[0]?.values).toEqual([0, null, 100]);
  expect(lines(days, "variant", "ctr", "USD")).toEqual([]);
});

test("sums and rates are of the whole period, not means of days", () => {
  const total = sum(days.map(({ cards }) => cards));
  expect(total).toEqual(
    counts({ impressions: 40, clicks: 2, add_to_cart: 3, revenue: { USD: 12, EUR: 1 } }),
  );
  expect(mainCurrency(total)).toBe("USD");
  expect(figure(total, "ctr", "USD")).toBe(0.05);
  expect(figure(total, "addRate", "USD")).toBe(0.075);
  expect(figure(total, "rpm", "USD")).toBe(300);
  expect(totals(days, "source").map(({ name, impressions }) => [name, impressions])).toEqual([
    ["popular", 36],
    ["new", 4],
  ]);
});

test("a function's latency is a line, broken where it was not called", () => {
  expect(latencies(days, ["search", "similar"])).toEqual([
    { name: "search", values: [null, null, 20] },
    { name: "similar", values: [null, null, null] },
  ]);
});

test("so is the share of its calls that failed", () => {
  expect(errorShares(days, ["search", "similar"])).toEqual([
    { name: "search", values: [null, null, 0.25] },
    { name: "similar", values: [null, null, 0] },
  ]);
});

test.each([
  [0, [0, 1]],
  [NaN, [0, 1]],
  [7, [0, 2, 4, 6, 8]],
  [100, [0, 50, 100]],
  [1234, [0, 500, 1000, 1500]],
])("the scale above %s is round", (greatest, scale) => {
  expect(ticks(greatest)).toEqual(scale);
});

test("a scale of small shares reaches above them", () => {
  const scale = ticks(0.0432);
  expect(scale.at(-1)).toBeGreaterThanOrEqual(0.0432);
  expect(scale.length).toBeLessThanOrEqual(5);
});
