/** Suggestions as you type, found in a list that is already here: no call for a keystroke. */

import type { SuggestionKind, SuggestionsResponse } from "../../lib/api";

export const MOST = 8;
const MOST_RECENT = 3;
/** So many places are for products, if so many match; they have the rest of the list as well. */
const LEAST_PRODUCTS = 2;
/** Fewer letters are too few to tell a slip from another word. */
const LEAST_FOR_TYPO = 4;
const PLAIN = /^[\da-z]+$/i;

export interface Suggestion {
  text: string;
  kind: SuggestionKind | "recent";
  product_id?: string;
}

/** A suggestion that fits, in parts: what was typed, and what completes it. */
export interface Match extends Suggestion {
  parts: Part[];
}

export interface Part {
  text: string;
  typed: boolean;
}

interface Entry extends Suggestion {
  /** The simplest form of its words, each after a space, and a space at the end. */
  words: string;
}

/** The suggestions of a release, the heaviest first, ready to be searched. */
export interface Index {
  release: string;
  entries: Entry[];
}

export const NONE: Index = { release: "", entries: [] };

export function indexOf({ release, entries }: SuggestionsResponse): Index {
  return {
    release,
    entries: entries.map(([text, kind, , product_id]) =>
      entryOf({ text, kind, ...(product_id !== undefined && { product_id }) }),
    ),
  };
}

/**
 * At most MOST suggestions for what was typed: recent searches first, products last. Within these
 * they come by how they match (their start, the start of a word, all words in any order), then by
 * weight. Only where nothing matches, one slip is forgiven. Nothing typed: recent searches, then
 * what is popular.
 */
export function matchesOf(index: Index, typed: string, recent: string[]): Match[] {
  const own = recent.map((text) => entryOf({ text, kind: "recent" }));
  const needle = needleOf(typed);
  if (!needle.trim()) {
    return distinct([...own, ...popular(index)])
      .slice(0, MOST)
      .map((entry) => matchOf(entry, ""));
  }
  const fitting = ranked(index.entries, needle);
  const mine = ranked(own, needle);
  const shown =
    fitting.length || mine.length
      ? [...mine.slice(0, MOST_RECENT), ...fitting]
      : index.entries.filter(({ words }) => isSlip(words, needle));
  return productsLast(distinct(shown).filter((entry) => isNews(entry, needle))).map((entry) =>
    matchOf(entry, needle),
  );
}

/** What many look for: no brands, no single products. */
export function popularSearches(index: Index): string[] {
  return popular(index)
    .slice(0, MOST)
    .map(({ text }) => text);
}

function popular({ entries }: Index): Entry[] {
  return entries.filter(({ kind }) => kind !== "product" && kind !== "brand").slice(0, 2 * MOST);
}

/** The entries that match, by how; within that their order stays. No more than can be shown. */
function ranked(entries: Entry[], needle: string): Entry[] {
  const each = wordsOf(needle);
  const [starts, words, any] = [new Shelf(), new Shelf(), new Shelf()];
  for (const entry of entries) {
    const place = entry.words.indexOf(needle);
    if (place === 0) starts.add(entry);
    else if (place > 0) words.add(entry);
    else if (each.length > 1 && each.every((word) => entry.words.includes(word))) any.add(entry);
  }
  return [...starts.entries, ...words.entries, ...any.entries];
}

/** The first entries of a match: a few products, and a few of all else. */
class Shelf {
  readonly entries: Entry[] = [];
  #products = 0;
  #others = 0;

  add(entry: Entry): void {
    const count = entry.kind === "product" ? (this.#products += 1) : (this.#others += 1);
    // Some are said twice, one may be what is typed already.
    if (count <= 2 * MOST) this.entries.push(entry);
  }
}

/** A search that is typed out already is no suggestion; a product still is. */
function isNews({ words, kind }: Entry, needle: string): boolean {
  return kind === "product" || words.trim() !== needle.trim();
}

function productsLast(entries: Entry[]): Entry[] {
  const products = entries.filter(({ kind }) => kind === "product");
  const others = entries.filter(({ kind }) => kind !== "product");
  const room = MOST - Math.min(LEAST_PRODUCTS, products.length);
  return [...others.slice(0, room), ...products].slice(0, MOST);
}

function distinct(entries: Entry[]): Entry[] {
  const seen = new Set<string>();
  return entries.filter(({ words }) => seen.size < seen.add(words).size);
}

function entryOf(suggestion: Suggestion): Entry {
  return { ...suggestion, words: ` ${fold(suggestion.text).trim()} ` };
}

/** What is looked for: a space before it, as words begin; one after it, if a word was ended. */
function needleOf(typed: string): string {
  return ` ${fold(typed).trimStart()}`;
}

/** The words of what was typed, each after a space. */
function wordsOf(needle: string): string[] {
  return needle
    .trim()
    .split(" ")
    .map((word) => ` ${word}`);
}

/** A text without case, accents and apostrophes; everything else between words is one space. */
function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text
    .normalize("NFKD")
    .replace(/[\p{M}'’]/gu, "")
    .toLowerCase()
    .replace(/ς/g, "σ")
    .replace(/[^\p{L}\p{N}]+/gu, " ");
}

/** Whether some word of `words` begins what was typed but for one letter; the first is right. */
function isSlip(words: string, needle: string): boolean {
  if (needle.trim().length < LEAST_FOR_TYPO) return false;
  const first = needle.slice(0, 2);
  for (let start = words.indexOf(first); start >= 0; start = words.indexOf(first, start + 1)) {
    if (beginsWithSlip(words, start, needle)) return true;
  }
  return false;
}

/** Damerau and Levenshtein's distance of 1: a letter wrong, too many, missing, or two swapped. */
function beginsWithSlip(words: string, start: number, needle: string): boolean {
  let same = 2;
  while (same < needle.length && words[start + same] === needle[same]) same += 1;
  const goesOn = (typed: number, meant: number) =>
    words.startsWith(needle.slice(same + typed), start + same + meant);
  const swapped =
    needle[same] === words[start + same + 1] && needle[same + 1] === words[start + same];
  return goesOn(1, 1) || goesOn(1, 0) || goesOn(0, 1) || (swapped && goesOn(2, 2));
}

function matchOf({ text, kind, product_id, words }: Entry, needle: string): Match {
  const parts = partsOf(text, placesOf(words, needle));
  return { text, kind, parts, ...(product_id !== undefined && { product_id }) };
}

/** Which letters of the folded text were typed: [start, end) each. */
function placesOf(words: string, needle: string): [number, number][] {
  const whole = words.indexOf(needle);
  const found: [number, string][] =
    whole >= 0
      ? [[whole, needle.trimEnd()]]
      : wordsOf(needle).map((word) => [words.indexOf(word), word]);
  // The space at the start of `words` is not in the text.
  return found
    .filter(([start, word]) => start >= 0 && word.trim())
    .map(([start, word]): [number, number] => [start, start + word.length - 1])
    .sort(([a], [b]) => a - b);
}

function partsOf(text: string, places: [number, number][]): Part[] {
  // Where nothing was typed, nothing stands out as its completion.
  if (!places.length) return [{ text, typed: true }];
  const parts: Part[] = [];
  let place = 0;
  let gap = true;
  for (const letter of text) {
    const folded = fold(letter);
    // An accent, an apostrophe or a second space is nothing of its own.
    const grown = folded !== "" && !(gap && folded === " ");
    const last = parts.at(-1);
    const typed = grown
      ? places.some(([start, end]) => start <= place && place < end)
      : (last?.typed ?? false);
    if (grown) {
      place += folded.length;
      gap = folded === " ";
    }
    if (last?.typed === typed) last.text += letter;
    else parts.push({ text: letter, typed });
  }
  return parts;
}
