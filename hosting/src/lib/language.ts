/** The language of the app: what the shopper chose, else the first of the browser's that we speak. */

import { localStore } from "./store";

export const languages = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof languages;

const chosen = localStore<Language | null>("language", null);

export const language: Language = spoken([chosen.get() ?? "", ...navigator.languages]);

/** For numbers and prices: the browser's own region of that language, where it has one. */
export const locale = navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;

/** Speak another language from now on: texts are read once, so the page is loaded anew. */
export function speak(next: Language): void {
  chosen.set(next);
  location.reload();
}

function spoken(tags: readonly string[]): Language {
  const known = tags.map((tag) => tag.split("-")[0] ?? "").find((tag) => tag in languages);
  return (known ?? "en") as Language;
}
