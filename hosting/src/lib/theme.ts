/** Dark, light, or as the system is: what the shopper chose on this device. */

import { showScheme } from "./scheme";
import { localStore } from "./store";

export const themes = ["system", "dark", "light"] as const;
export type Theme = (typeof themes)[number];

const chosen = localStore<Theme>("theme", "system");

show();
// Another tab may choose as well.
chosen.subscribe(show);

export const theme = { use: chosen.use, set: chosen.set };

function show() {
  showScheme(chosen.get());
}
