import { act, cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Product } from "../../lib/api";
import { addToBag, bag, quantities } from "../../lib/bag";
import { aProduct, failed, turn } from "../../lib/testing";
import BagPage from "./BagPage";

const log = vi.hoisted(() => vi.fn());
vi.mock("../../lib/queue", () => ({ log }));
const call = vi.hoisted(() =>
  vi.fn<(name: string, asked: { product_id: string }) => Promise<{ product: Product }>>(),
);
vi.mock("../../lib/firebase", () => ({ call }));

/** Nobody answers, but of these. */
function shopHas(products: Record<string, Product | null>) {
  call.mockImplementation((_, { product_id }) => {
    const product = products[product_id];
    if (product) return Promise.resolve({ product });
    const code = product === null ? "functions/not-found" : "functions/internal";
    return Promise.reject(failed(code));
  });
}

beforeEach(() => {
  shopHas({});
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

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

/** The shopper was elsewhere meanwhile. */
async function returned() {
  act(() => {
    turn("hidden");
  });
  await act(() => {
    turn("visible");
    return Promise.resolve();
  });
}

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

test("what is sold out by now says so, costs nothing and is not bought", async () => {
  shopHas({ mug: aProduct({ product_id: "mug", title: "Mug", price: 10, in_stock: false }) });
  await returned();
  expect(screen.getByText("Sold out")).toBeVisible();
  expect(screen.queryByRole("button", { name: "More of Mug" })).toBeNull();
  expect(screen.getByText("1 piece")).toBeDefined();
  fireEvent.click(screen.getByRole("button", { name: "Buy now" }));
  expect(log.mock.calls.flat()).toEqual([{ type: "purchase", product_id: "tea", quantity: 1 }]);
  expect(screen.getByText("Thank you! Nothing was charged.")).toBeVisible();
  expect(screen.getByText("Mug")).toBeVisible();

  const buy = screen.getByRole("button", { name: "Buy now" });
  expect(buy).toHaveAttribute("aria-disabled", "true");
  log.mockReset();
  fireEvent.click(buy);
  expect(log).not.toHaveBeenCalled();
});

test("what the shop no longer has is sold out; where nobody answers all stays as it was", async () => {
  await returned();
  expect(screen.getByText("$14.50")).toBeDefined();
  shopHas({ mug: null });
  await returned();
  expect(screen.getByText("Sold out")).toBeVisible();
  expect(screen.getAllByText("$4.50")).toHaveLength(2);
});

test("another price counts, and that it changed is said", async () => {
  shopHas({ tea: aProduct({ product_id: "tea", title: "Tea", price: 5 }) });
  await returned();
  expect(screen.getByText("$15.00")).toBeDefined();
  expect(screen.getByText(/has another price now/)).toBeVisible();
});

test("what is removed while the shop is asked does not come back", async () => {
  let answer: (found: { product: Product }) => void = () => undefined;
  const asked = new Promise<{ product: Product }>((resolve) => {
    answer = resolve;
  });
  call.mockReturnValue(asked);
  await returned();
  fireEvent.click(screen.getByRole("button", { name: "Remove Mug" }));
  fireEvent.click(screen.getByRole("button", { name: "Remove Tea" }));
  await act(async () => {
    answer({ product: aProduct({ product_id: "mug" }) });
    await asked;
  });
  expect(bag.get()).toEqual([]);
});
