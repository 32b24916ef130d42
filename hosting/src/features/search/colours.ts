/** Paint for the colours that shops name; CSS knows the rest, or nothing is painted. */

const paints: Record<string, string> = {
  mint: "#98e2c0",
  mustard: "#d9a520",
  lilac: "#c8a2c8",
  cream: "#fff4d6",
  charcoal: "#3c4149",
  coral: "#ff7f62",
  sky: "#87ceeb",
  "off-white": "#f7f3ea",
  burgundy: "#7c1f33",
  rose: "#f3a6b4",
  sand: "#d9c7a3",
  gold: "#d4af37",
  silver: "#c0c4ca",
  multicolour: "conic-gradient(#e33, #fb0, #3b5, #29f, #a4e, #e33)",
  multicolor: "conic-gradient(#e33, #fb0, #3b5, #29f, #a4e, #e33)",
};

/** The paint of a colour by its name: "sky blue", "navy", "dark green". */
export function paintOf(name = ""): string {
  const plain = name.toLowerCase();
  return paints[plain] ?? plain.replaceAll(/[ -]/g, "");
}
