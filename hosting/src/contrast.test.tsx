/** Whether text can be read where no tool can tell: on what is computed, or shines through. */

import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import theme from "./app/theme.css?raw";
import type { Clip } from "./lib/api";
import { ClipActions } from "./features/feed/ClipActions";
import card from "./features/shop-card/ShopCard.module.css?raw";

/** What WCAG asks of small text. */
const LEAST = 4.5;

type Colour = number[];

function luminance(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) =>
    part <= 10 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Colour, other: Colour): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const numbers = (text = ""): Colour => (text.match(/[\d.]+/g) ?? []).map(Number);
const fromHex = (hex = ""): Colour =>
  (hex.match(/[\da-f]{2}/g) ?? []).map((part) => parseInt(part, 16));

afterEach(cleanup);

test("a creator's letter is legible on any colour", () => {
  // Forty hues all round, the lightest of them yellow.
  for (let code = 400; code < 440; code += 1) {
    const clip = { creator: String.fromCharCode(code), like_count: 0 } as Clip;
    const { container, unmount } = render(
      <ClipActions clip={clip} muted onMuted={() => undefined} onShare={() => undefined} />,
    );
    const avatar = container.querySelector<HTMLElement>("[style]");
    const colour = numbers(avatar?.style.background);
    expect(contrast([255, 255, 255], colour)).toBeGreaterThanOrEqual(LEAST);
    unmount();
  }
});

test("what a card notes is legible where its colours shine through, in the light", () => {
  const [, name = ""] = /\.note \{[^}]*[^-]color: var\((--\w+)\)/.exec(card) ?? [];
  const [, ink] = new RegExp(`${name}: light-dark\\((#\\w+)`).exec(theme) ?? [];
  const glows = [...card.matchAll(/rgb\(([^)]+)%\), transparent/g)].map(([, glow]) =>
    numbers(glow),
  );
  expect(glows).toHaveLength(2);
  for (const [red = 0, green = 0, blue = 0, share = 0] of glows) {
    const on = [red, green, blue].map((part) => 255 + ((part - 255) * share) / 100);
    expect(contrast(fromHex(ink), on)).toBeGreaterThanOrEqual(LEAST);
  }
});
