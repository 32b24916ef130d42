import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { addToBag, bag, quantities } from "../../lib/bag";
import { aProduct } from "../../lib/testing";
import BagPage from "./BagPage";

const log = vi.hoisted(() => vi.fn());
vi.mock("../../lib/queue", () => ({ log }));

beforeEach(() => {
  bag.set([]);
  quantities.set({});
  addToBag(aProduct({ product_id: "mug", title: "Mug", price: 10 }));
  addToBag(aProduct({ product_id: "tea", title: "Tea", price: 4.5 }));
  log.mockReset();
  render(
    <MemoryRouter>
      <BagPage />
    </MemoryRouter>,
  );
});

afterEach(cleanup);

test("pieces count in the sum and in the purchase, and nothing is charged", async () => {
  const fewer = screen.getByRole("button", { name: "Fewer of Mug" });
  // At its bound it does nothing, and keeps the focus.
  expect(fewer).toHaveAttribute("aria-disabled", "true");
  expect(fewer).toBeEnabled();
  fireEvent.click(fewer);
  expect(screen.getByText("2 pieces")).toBeDefined();
  fireEvent.click(screen.getByRole("button", { name: "More of Mug" }));
  fireEvent.click(screen.getByRole("button", { name: "More of Mug" }));
  expect(screen.getByText("$34.50")).toBeDefined();
  expect(screen.getByText("4 pieces")).toBeDefined();
  fireEvent.click(fewer);
  expect(screen.getByText("$24.50")).toBeDefined();
  expect(screen.getByText(/nothing is charged/)).toBeDefined();

  const said = screen.getAllByRole("status").at(-1);
  const buy = screen.getByRole("button", { name: "Buy now" });
  buy.focus();
  fireEvent.click(buy);
  expect(log.mock.calls.flat()).toEqual([
    { type: "purchase", product_id: "mug", quantity: 2 },
    { type: "purchase", product_id: "tea", quantity: 1 },
  ]);
  // It is read out: what says so was there before.
  expect(screen.getByText("Thank you! Nothing was charged.")).toBe(said);
  await waitFor(() => {
    expect(document.activeElement).not.toBe(document.body);
  });
  expect(within(document.activeElement as HTMLElement).getByText("Keep watching")).toBeDefined();
});

test("what is removed is gone, and an empty bag leads on", async () => {
  const remove = screen.getByRole("button", { name: "Remove Mug" });
  remove.focus();
  fireEvent.click(remove);
  expect(screen.queryByText("Mug")).toBeNull();
  await waitFor(() => {
    expect(screen.getByRole("list")).toHaveFocus();
  });
  fireEvent.click(screen.getByRole("button", { name: "Remove Tea" }));
  expect(screen.getByText("Your bag is empty.")).toBeDefined();
  expect(screen.getByRole("link", { name: "Find something" }).getAttribute("href")).toBe("/search");
  expect(log).not.toHaveBeenCalled();
});
