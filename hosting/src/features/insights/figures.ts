/** What is read off the counts: rates, sums over days, and lines over time. */

import type { Counts, Dimension, FunctionFigures, InsightsDay } from "../../lib/api";

export type Metric = "impressions" | "ctr" | "addRate" | "rpm";
export const metrics: Metric[] = ["impressions", "ctr", "addRate", "rpm"];

export interface Series {
  name: string;
  /** One a day; null where there is nothing to say. */
  values: (number | null)[];
}

const MOST_LINES = 6;

const nothing: Counts = { impressions: 0, clicks: 0, add_to_cart: 0, purchases: 0, revenue: {} };

export function sum(parts: Counts[]): Counts {
  return parts.reduce((total, part) => {
    const revenue = { ...total.revenue };
    for (const [currency, amount] of Object.entries(part.revenue)) {
      revenue[currency] = (revenue[currency] ?? 0) + amount;
    }
    return {
      impressions: total.impressions + part.impressions,
      clicks: total.clicks + part.clicks,
      add_to_cart: total.add_to_cart + part.add_to_cart,
      purchases: total.purchases + part.purchases,
      revenue,
    };
  }, nothing);
}

/** A figure of some counts; null for a rate of nothing. */
export function figure(counts: Counts, metric: Metric, currency: string): number | null {
  const { impressions, clicks, add_to_cart, revenue } = counts;
  if (metric === "impressions") return impressions;
  if (!impressions) return null;
  if (metric === "ctr") return clicks / impressions;
  if (metric === "addRate") return add_to_cart / impressions;
  return (1000 * (revenue[currency] ?? 0)) / impressions;
}

/** The currency that most money was taken in. */
export function mainCurrency({ revenue }: Counts): string {
  const [first] = Object.entries(revenue).sort(([, a], [, b]) => b - a);
  return first?.[0] ?? "USD";
}

/** All days from the first to the last, those included that were not counted. */
export function calendar(days: InsightsDay[]): (InsightsDay | { day: string })[] {
  const counted = new Map(days.map((day) => [day.day, day]));
  const [first, last] = [days[0], days.at(-1)];
  const all = [];
  for (let at = Date.parse(first?.day ?? ""); at <= Date.parse(last?.day ?? ""); at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10);
    all.push(counted.get(day) ?? { day });
  }
  return all;
}

/** The counts of each group over all days, the most impressions first. */
export function totals(days: InsightsDay[], dimension: Dimension): (Counts & { name: string })[] {
  const groups = new Map<string, Counts>();
  for (const { name, ...counts } of days.flatMap((day) => day.groups[dimension] ?? [])) {
    groups.set(name, sum([groups.get(name) ?? nothing, counts]));
  }
  return [...groups]
    .map(([name, counts]) => ({ name, ...counts }))
    .sort((a, b) => b.impressions - a.impressions || a.name.localeCompare(b.name));
}

/** A line for each of the largest groups. */
export function lines(
  days: InsightsDay[],
  dimension: Dimension,
  metric: Metric,
  currency: string,
): Series[] {
  const groups = totals(days, dimension).slice(0, MOST_LINES);
  return groups.map(({ name }) => ({
    name,
    values: calendar(days).map((day) => {
      if (!("groups" in day)) return null;
      const counts = day.groups[dimension]?.find((group) => group.name === name);
      return figure(counts ?? nothing, metric, currency);
    }),
  }));
}

/** A value of each day; null for days that were not counted. */
export function daily(
  days: InsightsDay[],
  value: (day: InsightsDay) => number | null,
): (number | null)[] {
  return calendar(days).map((day) => ("cards" in day ? value(day) : null));
}

/** The 95th percentile of each function over the days, the most called first. */
export function latencies(days: InsightsDay[], names: string[]): Series[] {
  return ofEach(days, names, ({ p95 }) => p95);
}

/** The share of each function's calls that failed by our doing, over the days. */
export function errorShares(days: InsightsDay[], names: string[]): Series[] {
  return ofEach(days, names, ({ calls, errors }) => (calls ? errors / calls : null));
}

function ofEach(
  days: InsightsDay[],
  names: string[],
  value: (figures: FunctionFigures) => number | null,
): Series[] {
  return names.slice(0, MOST_LINES).map((name) => ({
    name,
    values: daily(days, ({ functions }) => {
      const found = functions.find((one) => one.name === name);
      return found ? value(found) : null;
    }),
  }));
}

/** Round bounds above the greatest value: 0 and two or more even steps. */
export function ticks(greatest: number): number[] {
  if (!(greatest > 0)) return [0, 1];
  const power = 10 ** Math.floor(Math.log10(greatest / 3));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => greatest / n <= 4) ?? power;
  const count = Math.ceil(greatest / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, place) => place * step);
}
