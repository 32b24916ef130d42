/** What tests make their data of. */

import type { Product } from "./api";

/** A product with little said of it. */
export function aProduct(facts: Partial<Product> & Pick<Product, "product_id">): Product {
  return {
    title: "",
    description: "",
    brand: "",
    category: [],
    price: null,
    list_price: null,
    currency: "USD",
    rating: null,
    rating_count: 0,
    sold_count: 0,
    in_stock: true,
    image_url: "",
    attributes: {},
    ...facts,
  };
}
