import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Product } from "../lib/api";
import { aProduct } from "../lib/testing";
import { ProductFacts } from "./ProductFacts";

test("a product's rating is said, and how often it was sold once that is worth saying", () => {
  const facts = (known: Partial<Product>) => (
    <ProductFacts product={aProduct({ product_id: "mug", ...known })} />
  );
  const { rerender, container } = render(facts({ rating: 4.5, rating_count: 12, sold_count: 100 }));
  expect(screen.getByText("Rated 4.5 of 5 by 12")).toBeInTheDocument();
  expect(screen.getByText("100 sold")).toBeVisible();
  rerender(facts({ sold_count: 99 }));
  expect(container.textContent).toBe("");
});
