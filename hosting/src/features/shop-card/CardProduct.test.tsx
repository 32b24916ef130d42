import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Product } from "../../lib/api";
import { forgetShopper } from "../../lib/shopper";
import { signals } from "../../lib/signals";
import { aProduct } from "../../lib/testing";
import { CardProduct } from "./CardProduct";

const log = vi.hoisted(() => vi.fn());
vi.mock("../../lib/queue", () => ({ log }));

const offer = { release: "r1", variant: "default", card_id: "c1", source: "popular" };
let number = 0;

const product = (facts: Partial<Product> = {}) =>
  aProduct({
    product_id: `p${++number}`,
    title: "Tent",
    brand: "Fjell",
    category: ["Outdoor", "Tents"],
    price: 90,
    image_url: "/tent.svg",
    ...facts,
  });

const show = (shown: Product) =>
  render(<CardProduct product={shown} offer={offer} />, { wrapper: MemoryRouter });
const button = (name: string) => screen.getByRole("button", { name });
const press = (name: string) => fireEvent.click(button(name));
const said = () => screen.getByRole("status").textContent;
const logged = () =>
  log.mock.calls.map(([event]: { type: string; scope?: string }[]) => [event?.type, event?.scope]);

beforeEach(() => {
  log.mockClear();
  localStorage.clear();
});
afterEach(cleanup);

test("a product has its picture, title, price, what it cost before and by how much less, rating and sales", () => {
  show(product({ list_price: 120, rating: 4.5, rating_count: 12, sold_count: 1234 }));
  const tile = screen.getByTestId("card-product");
  expect(tile.querySelector("img")).toHaveAttribute("src", "/tent.svg");
  expect(tile.querySelector("s")).toHaveTextContent("$120.00");
  for (const said of ["Tent", "$90.00", "−25%", "Rated 4.5 of 5 by 12", "1.2K sold"]) {
    expect(screen.getByText(said)).toBeInTheDocument();
  }
});

test("not interested is logged at once, and Undo has the focus", () => {
  const tent = product();
  show(tent);
  expect(said()).toBe("");
  const before = signals.count();
  press("Not interested");
  const { product_id } = tent;
  expect(log.mock.calls).toEqual([[{ type: "not_interested", product_id, scope: "product" }]]);
  expect(signals.count()).toBe(before + 1);
  expect(said()).toBe("You will see less like this.");
  expect(button("Undo")).toHaveFocus();
  expect(screen.getByTestId("card-product").closest("[inert]")).not.toBeNull();
});

test("brand and category can be added, each once", () => {
  show(product());
  press("Not interested");
  press("Less from Fjell");
  expect(said()).toBe("You will see less from Fjell.");
  expect(button("Undo")).toHaveFocus();
  expect(button("Less from Fjell")).toBeDisabled();
  press("Less Tents");
  expect(said()).toBe("You will see less Tents.");
  expect(logged()).toEqual([
    ["not_interested", "product"],
    ["not_interested", "brand"],
    ["not_interested", "category"],
  ]);
});

test("undo takes back each scope, and brings the product back", () => {
  show(product());
  press("Not interested");
  press("Less from Fjell");
  log.mockClear();
  const before = signals.count();
  press("Undo");
  expect(logged()).toEqual([
    ["undo_not_interested", "product"],
    ["undo_not_interested", "brand"],
  ]);
  expect(signals.count()).toBe(before + 1);
  expect(said()).toBe("");
  expect(button("Not interested")).toHaveFocus();
  expect(screen.queryByRole("button", { name: "Undo" })).toBeNull();
  expect(screen.getByTestId("card-product").closest("[inert]")).toBeNull();
});

test("a product without brand and category offers nothing further", () => {
  show(product({ brand: "", category: [] }));
  press("Not interested");
  expect(screen.queryByRole("button", { name: /^Less/ })).toBeNull();
});

test("a card that is mounted again still knows, and leaves the focus where it is", () => {
  const tent = product();
  show(tent).unmount();
  const { unmount } = show(tent);
  press("Not interested");
  unmount();
  show(tent);
  expect(said()).toBe("You will see less like this.");
  expect(document.body).toHaveFocus();
});

test("somebody else is not told what the shopper before them was not interested in", () => {
  const tent = product();
  const { unmount } = show(tent);
  press("Not interested");
  unmount();
  forgetShopper();
  show(tent);
  expect(said()).toBe("");
  expect(button("Not interested")).toBeVisible();
});

test("a product that is put into the bag keeps the focus, says so, and is not put in again", () => {
  show(product());
  button("Add to bag").focus();
  press("Add to bag");
  expect(button("In your bag")).toHaveFocus();
  expect(button("In your bag")).toHaveAttribute("aria-disabled", "true");
  expect(said()).toBe("In your bag");
  press("In your bag");
  expect(logged()).toEqual([["add_to_cart", undefined]]);
});

test("what is selected or put into the bag says which offer led to it", () => {
  const { product_id } = product();
  show(product({ product_id }));
  fireEvent.click(screen.getByTestId("card-product"));
  press("Add to bag");
  expect(log.mock.calls.flat()).toEqual([
    { type: "select_item", product_id, ...offer },
    { type: "add_to_cart", product_id, ...offer },
  ]);
});
