import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { Link, MemoryRouter, Route, Routes, useLocation, useNavigate } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Offer, Product, SimilarResponse } from "../../lib/api";
import { signals } from "../../lib/signals";
import { aProduct, failed } from "../../lib/testing";
import ProductPage from "./ProductPage";

const call = vi.hoisted(() => vi.fn());
const log = vi.hoisted(() => vi.fn());
vi.mock("../../lib/firebase", () => ({ call }));
vi.mock("../../lib/queue", () => ({ log }));

const mug = (colour: string, facts: Partial<Product> = {}) =>
  aProduct({ product_id: `mug-${colour}`, title: `Mug, ${colour}`, price: 9.5, ...facts });

/** Three colours of a mug, the blue one sold out; what goes with it, and what is like it. */
function answer(product: Product, facts: Partial<SimilarResponse> = {}): SimilarResponse {
  return {
    release: "r1",
    product,
    variants: ["red", "teal", "blue"].map((colour) => ({
      product_id: `mug-${colour}`,
      title: `Mug, ${colour}`,
      image_url: `${colour}.jpg`,
      in_stock: colour !== "blue",
      options: { colour },
    })),
    similar: [
      { product: aProduct({ product_id: "cup", title: "Cup" }), score: 1, sources: ["semantic"] },
    ],
    goes_with: [
      { product: aProduct({ product_id: "tea", title: "Tea" }), score: 1, sources: ["neighbours"] },
    ],
    ...facts,
  };
}

const writeText = vi.fn();

/** jsdom's browser can neither share nor copy. */
function ofTheDevice(name: string, value: unknown) {
  Object.defineProperty(navigator, name, { value, configurable: true });
}

beforeEach(() => {
  localStorage.clear();
  for (const mock of [call, log, writeText]) mock.mockReset();
  call.mockImplementation((_: string, { product_id }: { product_id: string }) =>
    Promise.resolve(answer(mug(product_id.replace("mug-", "")))),
  );
  writeText.mockResolvedValue(undefined);
  ofTheDevice("clipboard", { writeText });
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
});

afterEach(() => {
  cleanup();
  Reflect.deleteProperty(navigator, "share");
});

function Address() {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  return (
    <>
      <code>{pathname}</code>
      {/* A browser's history hands out what it keeps anew. */}
      <Link to="/product/mug-teal" state={{ offer: { ...offer } }}>
        Teal
      </Link>
      <button type="button" onClick={() => void navigate(-1)}>
        Browser back
      </button>
    </>
  );
}

const offer: Offer = { release: "r1", source: "popular" };

function open(state?: { offer: Offer }) {
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: Infinity, retryDelay: 1 } },
  });
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter initialEntries={["/"]}>
        <Routes>
          <Route
            path="/"
            element={
              <Link to="/product/mug-red" state={state}>
                Open
              </Link>
            }
          />
          <Route path="/product/:product_id" element={<ProductPage />} />
          <Route path="/bag" element={<p>The bag</p>} />
        </Routes>
        <Address />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  fireEvent.click(screen.getByText("Open"));
}

const heading = (name: string) => screen.findByRole("heading", { level: 1, name });
const viewed = () =>
  log.mock.calls
    .map(([event]) => event as { type: string; product_id: string })
    .filter(({ type }) => type === "view_item")
    .map(({ product_id }) => product_id);

test("a variant takes the place of the one before, without the page going away", async () => {
  open();
  await heading("Mug, red");
  expect(document.title).toBe("Mug, red · ShopFYP");
  const colours = screen.getByRole("group", { name: "Colour" });
  expect(within(colours).getByRole("link", { current: true }).getAttribute("aria-label")).toBe(
    "red",
  );
  const page = screen.getByRole("main");

  let arrive: (found: SimilarResponse) => void = () => undefined;
  call.mockImplementationOnce(
    () =>
      new Promise<SimilarResponse>((resolve) => {
        arrive = resolve;
      }),
  );
  fireEvent.click(within(colours).getByRole("link", { name: "teal" }));
  expect(screen.getByText("/product/mug-teal")).toBeDefined();
  // It is marked at once, and what was there stays until the answer comes.
  expect(within(colours).getByRole("link", { current: true }).getAttribute("aria-label")).toBe(
    "teal",
  );
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Mug, red");
  // The red one is not taken for it, and the buttons keep the focus.
  const [add, share] = ["Add to bag", "Share"].map((name) => screen.getByRole("button", { name }));
  for (const button of [add, share]) {
    expect(button).toHaveAttribute("aria-disabled", "true");
    expect(button).toBeEnabled();
    fireEvent.click(button as HTMLElement);
  }
  expect(log.mock.calls.filter(([{ type }]) => type === "add_to_cart")).toEqual([]);
  expect(writeText).not.toHaveBeenCalled();
  act(() => {
    arrive(answer(mug("teal")));
  });
  await heading("Mug, teal");
  expect(screen.getByRole("main")).toBe(page);
  expect(viewed()).toEqual(["mug-red", "mug-teal"]);
  fireEvent.click(share as HTMLElement);
  expect(writeText).toHaveBeenCalledWith(`${location.origin}/product/mug-teal`);
  fireEvent.click(add as HTMLElement);
  expect(log).toHaveBeenLastCalledWith({ type: "add_to_cart", product_id: "mug-teal" });

  fireEvent.click(screen.getByText("Browser back"));
  expect(await screen.findByText("Open")).toBeDefined();
});

test("a product is viewed once, and not again while a variant of it is awaited", async () => {
  open({ offer });
  await heading("Mug, red");
  const before = signals.count();
  let arrive: (found: SimilarResponse) => void = () => undefined;
  call.mockImplementationOnce(
    () =>
      new Promise<SimilarResponse>((resolve) => {
        arrive = resolve;
      }),
  );
  fireEvent.click(screen.getByText("Teal"));
  expect(screen.getByText("/product/mug-teal")).toBeDefined();
  expect(viewed()).toEqual(["mug-red"]);
  expect(signals.count()).toBe(before);
  act(() => {
    arrive(answer(mug("teal")));
  });
  await heading("Mug, teal");
  expect(viewed()).toEqual(["mug-red", "mug-teal"]);
  expect(log).toHaveBeenLastCalledWith({ type: "view_item", product_id: "mug-teal", ...offer });
});

test("a product is there with its pictures, price, ratings, and what is said of it", async () => {
  const facts = { image_url: "/red.svg", list_price: 19, rating: 4, description: "Holds tea." };
  call.mockResolvedValue(answer(mug("red", facts)));
  open();
  await heading("Mug, red");
  expect(screen.getByRole("img", { name: /^Mug, red, picture 1/ })).toHaveAttribute(
    "src",
    "/red.svg",
  );
  // Beside the title, and where it is taken.
  expect(screen.getAllByText("$9.50")).toHaveLength(2);
  expect(screen.getAllByText("−50%")).toHaveLength(2);
  expect(screen.getByRole("heading", { name: "About it" }).nextSibling).toHaveTextContent(
    "Holds tea.",
  );
  expect(screen.getByRole("heading", { name: "Ratings" })).toBeVisible();
});

test("a product that is sold out says so, and cannot be put into the bag", async () => {
  call.mockResolvedValue(answer(mug("red", { in_stock: false })));
  open();
  await heading("Mug, red");
  const button = screen.getByRole("button", { name: "Sold out" });
  expect(button).toBeDisabled();
  fireEvent.click(button);
  expect(screen.queryByRole("link", { name: "View bag" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Add to bag" })).toBeNull();
});

test("what is sold out cannot be chosen", async () => {
  open();
  await heading("Mug, red");
  const blue = screen.getByRole("link", { name: "blue, sold out" });
  expect(blue.getAttribute("aria-disabled")).toBe("true");
  expect(blue.hasAttribute("href")).toBe(false);
});

test("rails lead on, and a rail without products is not there", async () => {
  open();
  await heading("Mug, red");
  expect(screen.getByRole("heading", { name: "Goes well with it" })).toBeDefined();
  fireEvent.click(screen.getByTestId("goes-with-product"));
  expect(log).toHaveBeenCalledWith({
    type: "select_item",
    product_id: "tea",
    release: "r1",
    source: "neighbours",
  });
  cleanup();
  call.mockResolvedValue(answer(mug("red"), { goes_with: [], similar: [], variants: [] }));
  open();
  await heading("Mug, red");
  expect(screen.queryByRole("heading", { name: "Goes well with it" })).toBeNull();
  expect(screen.queryByRole("heading", { name: "You may also like" })).toBeNull();
  expect(screen.queryByRole("group", { name: "Colour" })).toBeNull();
});

test("sharing copies the link where the device has no sheet, and says so", async () => {
  open();
  await heading("Mug, red");
  fireEvent.click(screen.getByRole("button", { name: "Share" }));
  await screen.findByText("Link copied.");
  expect(writeText).toHaveBeenCalledWith(`${location.origin}/product/mug-red`);
});

test("a link that cannot be copied is there whole, to be copied by hand", async () => {
  writeText.mockRejectedValueOnce(new Error("denied"));
  open();
  await heading("Mug, red");
  fireEvent.click(screen.getByRole("button", { name: "Share" }));
  await screen.findByRole("dialog", { name: "The link could not be copied" });
  const link = screen.getByLabelText<HTMLInputElement>("Copy it from here");
  expect(link).toHaveValue(`${location.origin}/product/mug-red`);
  expect(link).toHaveFocus();
  expect(link.selectionEnd).toBe(link.value.length);
  fireEvent(screen.getByRole("dialog"), new Event("close"));
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("sharing uses the device's own sheet, and closing it is no failure", async () => {
  const sheet = vi.fn().mockRejectedValue(new DOMException("closed", "AbortError"));
  ofTheDevice("share", sheet);
  open();
  await heading("Mug, red");
  fireEvent.click(screen.getByRole("button", { name: "Share" }));
  await waitFor(() => {
    expect(sheet).toHaveBeenCalledWith({
      title: "Mug, red",
      url: `${location.origin}/product/mug-red`,
    });
  });
  expect(writeText).not.toHaveBeenCalled();
});

test("what was added leads to the bag, by keyboard too", async () => {
  open();
  await heading("Mug, red");
  fireEvent.click(screen.getByRole("button", { name: "Add to bag" }));
  const link = screen.getByRole("link", { name: "View bag" });
  expect(document.activeElement).toBe(link);
  expect(screen.getByText("In your bag").closest("[role=status]")).not.toBeNull();
  fireEvent.click(link);
  expect(screen.getByText("The bag")).toBeDefined();
});

test("details are said by names and values in words; a name of the shop's own stays", async () => {
  const attributes = { colour: "red", age_range: "8-12 years", dishwasher_safe: true, weight: 1.5 };
  call.mockResolvedValue(answer(mug("red", { brand: "Ferro", attributes })));
  open();
  await heading("Mug, red");
  const said = screen.getAllByRole("term").map((name) => [name, name.nextSibling]);
  expect(said.map((pair) => pair.map((one) => one?.textContent))).toEqual([
    ["Brand", "Ferro"],
    ["Colour", "red"],
    ["Age", "8-12 years"],
    ["dishwasher safe", "Yes"],
    ["weight", "1.5"],
  ]);
});

test("ratings are summed up as far as they are known", async () => {
  const rated = mug("red", { rating: 4, rating_count: 10, rating_histogram: [0, 0, 2, 6, 2] });
  call.mockResolvedValue(answer(rated));
  open();
  await heading("Mug, red");
  const bars = screen.getByRole("heading", { name: "Ratings" }).parentElement as HTMLElement;
  expect(
    within(bars)
      .getAllByRole("listitem")
      .map((bar) => bar.firstElementChild?.textContent),
  ).toEqual([5, 4, 3, 2, 1].map((n, place) => `${n} of 5 stars: ${[20, 60, 20, 0, 0][place]}%`));
  cleanup();
  call.mockResolvedValue(answer({ ...rated, rating_histogram: [] }));
  open();
  await heading("Mug, red");
  expect(screen.getByRole("img", { name: "Rated 4.0 of 5 by 10" })).toBeDefined();
  expect(screen.getByText("10 ratings")).toBeDefined();
  cleanup();
  call.mockResolvedValue(answer({ ...rated, rating_count: 1, rating_histogram: [] }));
  open();
  await heading("Mug, red");
  expect(screen.getByText("1 rating")).toBeDefined();
  cleanup();
  // A catalogue may say how a product is rated, and not by how many.
  call.mockResolvedValue(answer({ ...rated, rating_count: 0, rating_histogram: [] }));
  open();
  await heading("Mug, red");
  expect(screen.getByRole("img", { name: "Rated 4.0 of 5" })).toBeDefined();
  expect(screen.queryByText(/0 ratings|\(0\)/)).toBeNull();
  cleanup();
  call.mockResolvedValue(answer(mug("red")));
  open();
  await heading("Mug, red");
  expect(screen.queryByRole("heading", { name: "Ratings" })).toBeNull();
});

test("a product that cannot be had says why, and can be tried again", async () => {
  // Twice each: the page tries again itself.
  const fail = (code: string) =>
    call.mockRejectedValueOnce(failed(code)).mockRejectedValueOnce(failed(code));
  fail("functions/unauthenticated");
  open();
  await screen.findByText("You could not be signed in.");
  fail("functions/internal");
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByText("The product could not be loaded.");
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await heading("Mug, red");
});
