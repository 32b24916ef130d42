/** What became of the products in the bag since they were put there. */

import type { Product, SimilarResponse } from "../../lib/api";
import { bag } from "../../lib/bag";
import { isMissing } from "../../lib/failure";
import { call } from "../../lib/firebase";

/** Renew the bag's products; resolves with whether one costs something else now, or is sold out. */
export async function recheck(): Promise<boolean> {
  const found = new Map(
    await Promise.all(
      bag.get().map(async (held) => [held.product_id, await asOfNow(held)] as const),
    ),
  );
  // As the bag is by now: one that was removed meanwhile does not come back.
  const before = bag.get();
  const after = before.map((held) => found.get(held.product_id) ?? held);
  bag.set(after);
  return after.some((product, place) => termsOf(product) !== termsOf(before[place]));
}

async function asOfNow(held: Product): Promise<Product> {
  const { product_id } = held;
  try {
    return (await call<SimilarResponse>("similar", { product_id, limit: 1 })).product;
  } catch (error) {
    // Where nobody answers it stays as it was.
    return isMissing(error) ? { ...held, in_stock: false } : held;
  }
}

function termsOf(product?: Product): string {
  return JSON.stringify([product?.price, product?.currency, product?.in_stock]);
}
