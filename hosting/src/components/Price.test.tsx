import { render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { aProduct } from "../lib/testing";

test("a discount is written as the language writes a share", async () => {
  vi.spyOn(navigator, "languages", "get").mockReturnValue(["de-DE"]);
  const { Price } = await import("./Price");
  render(<Price product={aProduct({ product_id: "mug", price: 8, list_price: 10 })} />);
  // Testing Library reads any white space as a space.
  expect(screen.getByText("−20 %").textContent).toBe("−20\u00a0%");
});
