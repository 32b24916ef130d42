/** What the texts of every language share: lengths and numbers. */

import { locale } from "../language";

/** A reason is a heading of two lines, or three for a shopper's own long words. */
const TITLE_CHARS = 36;
const QUERY_CHARS = 60;

/** Ranking goes so deep. */
const MOST_FOUND = 1000;

/** A number of things found. */
export function counted(n: number): string {
  return n.toLocaleString(locale) + (n >= MOST_FOUND ? "+" : "");
}

/** The part of a title that names the product; shops put its features behind a comma. */
export function nameIn(title: string): string {
  const [name] = title.split(/,(?!\d)/);
  return shortened(name?.trim() || title, TITLE_CHARS);
}

/** A text of at most `most` characters, cut between words where that is possible. */
export function shortened(text: string, most = QUERY_CHARS): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most);
  const end = cut.lastIndexOf(" ");
  return `${cut.slice(0, end > 0 ? end : most - 1)}…`;
}
