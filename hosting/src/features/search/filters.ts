/** The filters of a search: in its URL, as what is chosen of facets, and in words. */

import type { FacetName, FacetValue, Filters, Range, Sort } from "../../lib/api";
import { bounds, facetNames, sortNames } from "../../lib/strings";
import { OLDEST, money, plain } from "./chips";

/** In the order in which they are shown. */
export const facetOrder = Object.keys(facetNames) as FacetName[];

/** What the API takes for a currency, and what a number can be formatted in. */
const CURRENCY = /^[A-Z]{3}$/;

/** What is asked beside the query; a URL holds it, so that it can be shared and gone back to. */
export interface Choice {
  filters: Filters;
  sort: Sort | null;
}

/** What a facet's value stands for. */
export type Value = Pick<FacetValue, "path" | "low" | "high">;

/** The choice that a URL holds; what makes no sense is left out. */
export function choiceOf(parameters: URLSearchParams): Choice {
  const category = parameters
    .getAll("category")
    .map(pathOf)
    .filter((path) => path.length);
  const brand = parameters.getAll("brand").filter(Boolean);
  const colour = parameters.getAll("colour").filter(Boolean);
  const price = rangeOf(parameters.get("price"));
  const currency = parameters.getAll("currency").find((code) => CURRENCY.test(code));
  const age = rangeOf(parameters.get("age"));
  const rating = numberOf(parameters.get("rating"));
  const sort = parameters.get("sort");
  return {
    filters: {
      ...(category.length && { category }),
      ...(brand.length && { brand }),
      ...(price && { price: { ...price, ...(currency && { currency }) } }),
      ...(rating !== null && rating <= 5 && { rating }),
      ...(colour.length && { colour }),
      ...(age && { age }),
    },
    sort: sort !== null && sort in sortNames ? (sort as Sort) : null,
  };
}

/** A choice as the parameters of a URL. */
export function parametersOf({ filters, sort }: Choice): [string, string][] {
  const { category = [], brand = [], colour = [], price, age, rating } = filters;
  return [
    ...category.map((path): [string, string] => [
      "category",
      path.map(encodeURIComponent).join("/"),
    ]),
    ...brand.map((name): [string, string] => ["brand", name]),
    ...colour.map((name): [string, string] => ["colour", name]),
    ...(price ? [["price", textOf(price)] as [string, string]] : []),
    ...(price?.currency ? [["currency", price.currency] as [string, string]] : []),
    ...(rating === undefined ? [] : [["rating", String(rating)] as [string, string]]),
    ...(age ? [["age", textOf(age)] as [string, string]] : []),
    ...(sort ? [["sort", sort] as [string, string]] : []),
  ];
}

/** Filters after a facet's value was chosen, or taken back. */
export function toggled(
  filters: Filters,
  name: FacetName,
  value: Value,
  currency?: string | null,
): Filters {
  const { [name]: before, ...rest } = filters;
  const chosen = isChosen(filters, name, value);
  switch (name) {
    case "category": {
      // A category and one within it: the narrower says it all.
      const apart = (filters.category ?? []).filter(
        (path) => !startsWith(path, value.path) && !startsWith(value.path, path),
      );
      const category = chosen ? without(before as string[][], value.path) : [...apart, value.path];
      return category.length ? { ...rest, category } : rest;
    }
    case "brand":
    case "colour": {
      const names = (before ?? []) as string[];
      const [named = ""] = value.path;
      const next = chosen ? names.filter((other) => other !== named) : [...names, named];
      return next.length ? { ...rest, [name]: next } : rest;
    }
    case "rating":
      return chosen || value.low === null ? rest : { ...rest, rating: value.low };
    case "age":
      return chosen ? rest : { ...rest, age: rangeIn(value) };
    case "price":
      return chosen
        ? rest
        : { ...rest, price: { ...rangeIn(value), ...(currency && { currency }) } };
  }
}

/** Whether a facet's value is among the filters. */
export function isChosen(filters: Filters, name: FacetName, { path, low, high }: Value): boolean {
  switch (name) {
    case "category":
      return (filters.category ?? []).some((other) => same(other, path));
    case "brand":
    case "colour":
      return (filters[name] ?? []).some((other) => other === path[0]);
    case "rating":
      return filters.rating === low;
    default: {
      const range = filters[name];
      return !!range && (range.low ?? null) === low && (range.high ?? null) === high;
    }
  }
}

/** One thing that is chosen: what it says, and the filters without it. */
export interface Chosen {
  key: string;
  name: FacetName;
  label: string;
  without: Filters;
}

/** All that is chosen, one by one. */
export function chosenOf(filters: Filters): Chosen[] {
  return facetOrder.flatMap((name) =>
    valuesIn(filters, name).map((value) => {
      const label = labelOf(name, value, filters.price?.currency);
      return {
        key: `${name} ${value.path.join("/")}`,
        name,
        label: name === "age" || name === "rating" ? `${facetNames[name]}: ${label}` : label,
        without: toggled(filters, name, value),
      };
    }),
  );
}

/** How many values of a facet are chosen. */
export function countOf(filters: Filters, name: FacetName): number {
  return valuesIn(filters, name).length;
}

/** The value of a facet, in words. */
export function labelOf(name: FacetName, value: Value, currency?: string | null): string {
  const words = wordsFor(name, value, currency);
  return name === "brand" ? words : words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

function wordsFor(name: FacetName, { path, low, high }: Value, currency?: string | null): string {
  if (name === "category" || name === "brand" || name === "colour") return path.at(-1) ?? "";
  if (name === "rating") return bounds.rated(plain(low ?? 0));
  const number = name === "price" ? money(currency ?? undefined) : plain;
  const open = high === null || (name === "age" && high >= OLDEST);
  if (open) return low === null ? "" : bounds.least(number(low));
  if (low === null || (name === "price" && low === 0)) return bounds.most(number(high));
  return low === high ? number(low) : bounds.both(number(low), number(high));
}

function valuesIn(filters: Filters, name: FacetName): Value[] {
  const none: Value = { path: [], low: null, high: null };
  switch (name) {
    case "category":
      return (filters.category ?? []).map((path) => ({ ...none, path }));
    case "brand":
    case "colour":
      return (filters[name] ?? []).map((named) => ({ ...none, path: [named] }));
    case "rating":
      return filters.rating === undefined ? [] : [{ ...none, low: filters.rating }];
    default: {
      const range = filters[name];
      return range ? [{ ...none, low: range.low ?? null, high: range.high ?? null }] : [];
    }
  }
}

function rangeIn({ low, high }: { low: number | null; high: number | null }): Range {
  return { ...(low !== null && { low }), ...(high !== null && { high }) };
}

/** "10..20", "10.." or "..20". */
function textOf({ low, high }: Range): string {
  return `${low ?? ""}..${high ?? ""}`;
}

function rangeOf(text: string | null): Range | null {
  const [low, high] = (text ?? "").split("..").map(numberOf);
  const range = rangeIn({ low: low ?? null, high: high ?? null });
  const ordered = range.low == null || range.high == null || range.low <= range.high;
  return Object.keys(range).length && ordered ? range : null;
}

function numberOf(text: string | null): number | null {
  const number = text?.trim() ? Number(text) : NaN;
  return Number.isFinite(number) && number >= 0 ? number : null;
}

function pathOf(text: string): string[] {
  try {
    return text.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    return [];
  }
}

function startsWith(path: string[], start: string[]): boolean {
  return start.every((name, place) => path[place] === name);
}

function same(one: string[], other: string[]): boolean {
  return one.length === other.length && startsWith(one, other);
}

function without(paths: string[][], path: string[]): string[][] {
  return paths.filter((other) => !same(other, path));
}
