/**
 * Every text that people read, in their language: a language is one catalogue in `strings/`. What only
 * the You page or the insights say is beside it there, and comes with those pages.
 */

import type { Reason } from "./api";
import { type Language, language } from "./language";
import { de } from "./strings/de";
import { type Catalogue, en } from "./strings/en";

const catalogues: Record<Language, Catalogue> = { en, de };

export const strings = catalogues[language];
export const { facetNames, sortNames, slotNames, suggestionKinds, slotValues, bounds } = strings;

/** Why a card is shown, in words. */
export function reasonText(reason: Reason): string {
  return (strings.reasons[reason.code] ?? (() => strings.shopCard))(reason.params);
}
