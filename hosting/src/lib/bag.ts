/** What the shopper is about to buy; it stays on this device. */

import type { Offer, Product } from "./api";
import { log } from "./queue";
import { signals } from "./signals";
import { localStore } from "./store";

export const bag = localStore<Product[]>("bag", []);
/** The offers under which products came into the bag; apart from it, as not all have one. */
const offers = localStore<Record<string, Offer>>("bag-offers", {});

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
  const others = bag.get().filter(({ product_id }) => product_id !== product.product_id);
  const left = Object.entries(offers.get()).filter(([id]) => id !== product.product_id);
  bag.set(others);
  offers.set(Object.fromEntries(left));
}

/** The demo's checkout: events, and no money. */
export function buyAll(): void {
  for (const { product_id } of bag.get()) {
    log({ type: "purchase", product_id, ...offers.get()[product_id] });
  }
  bag.set([]);
  offers.set({});
  signals.raise();
}
