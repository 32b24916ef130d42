/** What the shopper is about to buy; it stays on this device. */

import type { Offer, Product } from "./api";
import { log } from "./queue";
import { signals } from "./signals";
import { localStore } from "./store";

export const bag = localStore<Product[]>("bag", []);
/** The offers under which products came into the bag; apart from it, as not all have one. */
const offers = localStore<Record<string, Offer>>("bag-offers", {});
/** How many pieces of each, where there is more than one. */
export const quantities = localStore<Record<string, number>>("bag-quantities", {});

export const MOST_PIECES = 99;

export function quantityIn(held: Record<string, number>, { product_id }: Product): number {
  return held[product_id] ?? 1;
}

export function setQuantity({ product_id }: Product, quantity: number): void {
  const pieces = Math.min(Math.max(Math.round(quantity), 1), MOST_PIECES);
  quantities.set({ ...quantities.get(), [product_id]: pieces });
}

export function inBag(products: Product[], product: Product): boolean {
  return products.some(({ product_id }) => product_id === product.product_id);
}

export function addToBag(product: Product, offer?: Offer): void {
  const { product_id } = product;
  if (!inBag(bag.get(), product)) {
    bag.set([...bag.get(), product]);
    if (offer) offers.set({ ...offers.get(), [product_id]: offer });
  }
  log({ type: "add_to_cart", product_id, ...offer });
  signals.raise();
}

export function removeFromBag(product: Product): void {
  const { product_id } = product;
  bag.set(bag.get().filter((held) => held.product_id !== product_id));
  offers.set(without(offers.get(), product_id));
  quantities.set(without(quantities.get(), product_id));
}

/** The demo's checkout: events, and no money. What is sold out stays. */
export function buyAll(): void {
  for (const product of bag.get().filter(({ in_stock }) => in_stock)) {
    const { product_id } = product;
    const quantity = quantityIn(quantities.get(), product);
    log({ type: "purchase", product_id, quantity, ...offers.get()[product_id] });
    removeFromBag(product);
  }
  signals.raise();
}

function without<Value>(held: Record<string, Value>, key: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(held).filter(([other]) => other !== key));
}
