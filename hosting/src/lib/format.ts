/** Numbers as people read them. */

import { locale } from "./language";

const MOST = 100_000;

/** Kept, as to make one takes longer than all else that a card's price needs. */
const formats = new Map<string, Intl.NumberFormat>();

/** A number in the reader's format. */
export function number(value: number, options: Intl.NumberFormatOptions): string {
  const key = JSON.stringify(options);
  const format = formats.get(key) ?? new Intl.NumberFormat(locale, options);
  formats.set(key, format);
  return format.format(value);
}

/** A price in its currency, in the reader's format. */
export function price(amount: number, currency: string): string {
  return number(amount, { style: "currency", currency });
}

/** The discount in whole percent, or 0. */
export function discount(amount: number | null, listPrice: number | null): number {
  if (amount === null || listPrice === null || listPrice <= amount) return 0;
  return Math.round((1 - amount / listPrice) * 100);
}

/** A count in short: 950, 1.2K, 100K+; nothing is said of more than 100,000. */
export function count(value: number): string {
  if (value > MOST) return `${count(MOST)}+`;
  return number(value, {
    notation: "compact",
    maximumFractionDigits: value < 10_000 ? 1 : 0,
  });
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

/** How long ago something was: "3 hours ago", "yesterday", "now". */
export function ago(at: Date, now = new Date()): string {
  const seconds = Math.max((now.getTime() - at.getTime()) / 1000, 0);
  const words = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  for (const [unit, length] of UNITS) {
    if (seconds >= length) return words.format(-Math.floor(seconds / length), unit);
  }
  return words.format(0, "second");
}

/** A mean of stars, to one decimal. */
export function stars(mean: number): string {
  return number(mean, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/** A share of 1 in whole percent. */
export function percent(share: number): string {
  return number(share, { style: "percent" });
}
