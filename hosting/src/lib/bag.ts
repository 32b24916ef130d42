/** What the shopper is about to buy; it stays on this device. */

import type { Product } from "./api";
import { log } from "./queue";
import { signals } from "./signals";
import { localStore } from "./store";

export const bag = localStore<Product[]>("bag", []);

/** Where a product was offered, for attribution. */
export interface Offer {
  release?: string | undefined;
  source?: string | undefined;
}

export function inBag(products: Product[], product: Product): boolean {
  return products.some(({ product_id }) => product_id === product.product_id);
}

export function addToBag(product: Product, offer: Offer = {}): void {
  if (!inBag(bag.get(), product)) bag.set([...bag.get(), product]);
  log({ type: "add_to_cart", product_id: product.product_id, ...known(offer) });
  signals.raise();
}

export function removeFromBag(product: Product): void {
  bag.set(bag.get().filter(({ product_id }) => product_id !== product.product_id));
}

/** The demo's checkout: events, and no money. */
export function buyAll(): void {
  for (const { product_id } of bag.get()) log({ type: "purchase", product_id });
  bag.set([]);
  signals.raise();
}

/** An offer without the fields that are not known. */
export function known({ release, source }: Offer): { release?: string; source?: string } {
  return { ...(release && { release }), ...(source && { source }) };
}
