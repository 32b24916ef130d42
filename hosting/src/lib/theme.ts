/** Dark, light, or as the system is: what the shopper chose on this device. */

import { localStore } from "./store";

export const themes = ["system", "dark", "light"] as const;
export type Theme = (typeof themes)[number];

const chosen = localStore<Theme>("theme", "system");

show(chosen.get());

export const theme = {
  use: chosen.use,
  set: (next: Theme) => {
    chosen.set(next);
    show(next);
  },
};

function show(next: Theme) {
  const { dataset } = document.documentElement;
  if (next === "system") delete dataset["theme"];
  else dataset["theme"] = next;
}
