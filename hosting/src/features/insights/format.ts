/** Figures as operators read them. */

import { price } from "../../lib/format";
import { locale } from "../../lib/language";
import { insights } from "../../lib/strings/insights";
import type { Metric } from "./figures";

const { names } = insights;

export const whole = (value: number) => value.toLocaleString(locale, { maximumFractionDigits: 0 });

export function percent(value: number): string {
  const digits = value < 0.1 ? 2 : 1;
  return value.toLocaleString(locale, { style: "percent", maximumFractionDigits: digits });
}

export function milliseconds(value: number): string {
  return value < 1000
    ? `${whole(value)} ms`
    : `${(value / 1000).toLocaleString(locale, { maximumFractionDigits: 1 })} s`;
}

/** A figure in its unit; a dash where there is none. */
export function formatted(value: number | null, metric: Metric, currency: string): string {
  if (value === null) return "–";
  if (metric === "impressions") return whole(value);
  return metric === "rpm" ? price(value, currency) : percent(value);
}

/** Money of each currency, one after the other. */
export function money(revenue: Record<string, number>, currency: string): string {
  const parts = Object.entries(revenue).sort(([, a], [, b]) => b - a);
  if (!parts.length) return price(0, currency);
  return parts.map(([name, amount]) => price(amount, name)).join(" + ");
}

/** A day, as 3 Mar. */
export function dayName(day: string): string {
  const options = { day: "numeric", month: "short", timeZone: "UTC" } as const;
  return new Date(day).toLocaleDateString(locale, options);
}

export function moment(at: string): string {
  return new Date(at).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
}

/** A group's name: in words where it is a code of ours. */
export const groupName = (name: string) => names[name] ?? name;
