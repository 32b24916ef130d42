import { expect, test } from "vitest";
import theme from "../../app/theme.css?raw";
import css from "./Account.module.css?raw";

/** What WCAG asks of small text. */
const LEAST = 4.5;

/** The two of a name, as in `--text: light-dark(#12151d, #fff)`; a short one is of white only. */
function coloursOf(name: string): number[][] {
  const [, light = "", dark = ""] =
    new RegExp(`--${name}: light-dark\\(#(\\w+), #(\\w+)\\)`).exec(theme) ?? [];
  return [light, dark].map(
    (hex) =>
      (hex.length === 3 ? `${hex}${hex}` : hex).match(/../g)?.map((part) => parseInt(part, 16)) ??
      [],
  );
}

function luminance(colour: number[]): number {
  const [red = 0, green = 0, blue = 0] = colour.map(
    (part) => ((part / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test("what was removed can be read until it goes, light and dark", () => {
  const opacity = Number(/\.gone \{\s*opacity: ([\d.]+)/.exec(css)?.[1]);
  const grounds = coloursOf("card");
  for (const [place, text] of coloursOf("text").entries()) {
    const ground = grounds[place] ?? [];
    const shown = text.map((part, at) => part * opacity + (ground[at] ?? 0) * (1 - opacity));
    const [dark = 0, light = 0] = [shown, ground].map(luminance).sort((one, other) => one - other);
    expect((light + 0.05) / (dark + 0.05)).toBeGreaterThanOrEqual(LEAST);
  }
});
