/** What tests make their data of, and the browser that they stand in. */

import { vi } from "vitest";
import type { Product } from "./api";

/** The page comes into sight, or is hidden. */
export function turn(state: DocumentVisibilityState): void {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(state);
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
}

/** A product with little said of it. */
export function aProduct(facts: Partial<Product> & Pick<Product, "product_id">): Product {
  return {
    group_id: "",
    title: "",
    description: "",
    brand: "",
    category: [],
    price: null,
    list_price: null,
    currency: "USD",
    rating: null,
    rating_count: 0,
    rating_histogram: [],
    sold_count: 0,
    in_stock: true,
    image_url: "",
    image_urls: [],
    attributes: {},
    ...facts,
  };
}

/** What Firebase rejects with. */
export function failed(code: string): Error {
  return Object.assign(new Error(code), { code });
}
