/** What a shop says of a product beyond its words, in the reader's language as far as it is ours. */

import type { Product } from "../../lib/api";
import { number } from "../../lib/format";
import { slotNames, strings } from "../../lib/strings";

type Value = Product["attributes"][string];

const { attributeNames } = strings;
const { colour, size } = slotNames;
const names = new Map<string, string>([
  ...Object.entries(attributeNames),
  ["age_range", slotNames.age],
  ["brand", slotNames.brand],
  ["color", colour],
  ["colour", colour],
  ["colours", colour],
  ["condition", slotNames.condition],
  ["material", slotNames.material],
  ["occasion", slotNames.occasion],
  ["size", size],
  ["sizes", size],
  ["theme", slotNames.theme],
]);

/** The name of an attribute; one that is the shop's own stays as it is. */
export function nameOf(attribute: string): string {
  return names.get(attribute) ?? attribute.replaceAll("_", " ");
}

/** The value of an attribute, in words. */
export function textOf(value: Value): string {
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value === "boolean") return value ? strings.yes : strings.no;
  // It may be a year: thousands are not parted, and nothing is rounded.
  return typeof value === "number"
    ? number(value, { useGrouping: false, maximumFractionDigits: 20 })
    : value;
}
