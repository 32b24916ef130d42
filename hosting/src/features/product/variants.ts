/** Choosing among the variants of a product: which one each value of an option leads to. */

import type { Variant } from "../../lib/api";

export interface Choice {
  value: string;
  /** The variant that has it, as like the present one as there is; null if it is sold out. */
  variant: Variant | null;
  chosen: boolean;
  image_url: string;
}

export interface Option {
  /** As the API names it; empty where only titles and pictures tell the variants apart. */
  name: string;
  choices: Choice[];
}

/** What can be chosen on the page of `product_id`, in the order of choosing. */
export function optionsOf(variants: Variant[], product_id: string): Option[] {
  const own = variants.find((variant) => variant.product_id === product_id);
  if (!own || variants.length < 2) return [];
  const names = Object.keys(own.options);
  if (!names.length) return [{ name: "", choices: variants.map((v) => byTitle(v, own)) }];
  return names.map((name, place) => {
    const values = [...new Set(variants.map(({ options }) => options[name] ?? ""))];
    return {
      name,
      choices: values.map((value) => {
        const having = variants.filter(({ options }) => options[name] === value);
        const chosen = own.options[name] === value;
        const variant = chosen ? own : nearest(having, own, names, place);
        // A picture is of the colour, in stock or not.
        const shown = variant ?? having[0];
        return { value, chosen, variant, image_url: shown?.image_url ?? "" };
      }),
    };
  });
}

/** What was chosen before stays; what is chosen later may give way, so that something is left. */
function nearest(having: Variant[], own: Variant, names: string[], place: number): Variant | null {
  const same = (variant: Variant, name: string) => variant.options[name] === own.options[name];
  const before = names.slice(0, place);
  const after = names.slice(place + 1);
  const kept = (variant: Variant) => after.filter((name) => same(variant, name)).length;
  const [best] = having
    .filter((variant) => variant.in_stock && before.every((name) => same(variant, name)))
    .sort((one, other) => kept(other) - kept(one));
  return best ?? null;
}

function byTitle(variant: Variant, own: Variant): Choice {
  const chosen = variant === own;
  return {
    value: variant.title,
    variant: variant.in_stock || chosen ? variant : null,
    chosen,
    image_url: variant.image_url,
  };
}
