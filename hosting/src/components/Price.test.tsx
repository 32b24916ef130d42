import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { aProduct } from "../lib/testing";

afterEach(() => {
  cleanup();
  // The language is that of the browser when the page is opened.
  vi.resetModules();
});

test("the price before a discount is struck through, and there is none without one", async () => {
  const { Price } = await import("./Price");
  const { rerender } = render(
    <Price product={aProduct({ product_id: "mug", price: 8, list_price: 10 })} />,
  );
  const before = screen.getByText("$10.00", { selector: "s" });
  expect(before).toHaveTextContent("Before $10.00");
  rerender(<Price product={aProduct({ product_id: "mug", price: 8, list_price: 8 })} />);
  expect(before).not.toBeInTheDocument();
  expect(screen.getByText("$8.00")).toBeVisible();
});

test("a discount is written as the language writes a share", async () => {
  vi.spyOn(navigator, "languages", "get").mockReturnValue(["de-DE"]);
  const { Price } = await import("./Price");
  render(<Price product={aProduct({ product_id: "mug", price: 8, list_price: 10 })} />);
  // Testing Library reads any white space as a space.
  expect(screen.getByText("−20 %").textContent).toBe("−20\u00a0%");
});
