import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FeedClip } from "../../lib/api";
import { forgetShopper } from "../../lib/shopper";
import { aProduct, turn } from "../../lib/testing";
import { ClipRail, ShopPill } from "./ClipProducts";

const log = vi.hoisted(() => vi.fn());
vi.mock("../../lib/queue", () => ({ log }));

let number = 0;

/** A clip in which a tent and a stove are seen. */
function aClip() {
  const products = ["Tent", "Stove"].map((title) =>
    aProduct({ product_id: `p${++number}`, title, image_url: "/p.svg" }),
  );
  return { clip_id: `c${++number}`, products } as FeedClip;
}

const of = (clip: FeedClip) => ({ clip, current: true, release: "r1" });
const titles = () => screen.getAllByTestId("card-product").map(({ textContent }) => textContent);
const seen = () =>
  log.mock.calls.map(([event]: { product_id: string; position: number }[]) => [
    event?.product_id,
    event?.position,
  ]);
const reject = (place: number) => {
  fireEvent.click(screen.getAllByRole("button", { name: "Not interested" })[place] as HTMLElement);
};

beforeEach(() => {
  log.mockClear();
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

test("what is rejected in the rail can be undone there, and is gone when the clip comes back", () => {
  const [clip, other] = [aClip(), aClip()];
  const { rerender } = render(<ClipRail {...of(clip)} />, { wrapper: MemoryRouter });
  reject(0);
  // As the feed does, which follows every strong signal.
  rerender(<ClipRail {...of(clip)} />);
  expect(screen.getByRole("button", { name: "Undo" })).toHaveFocus();

  rerender(<ClipRail {...of(other)} />);
  expect(titles()).toEqual(["Tent", "Stove"]);
  rerender(<ClipRail {...of(clip)} />);
  expect(titles()).toEqual(["Stove"]);
});

test("what is rejected in the sheet can be undone there, be it all, and is gone from the pill", () => {
  render(<ShopPill {...of(aClip())} />, { wrapper: MemoryRouter });
  const pill = () => document.querySelector("[aria-haspopup=dialog]");
  fireEvent.click(pill() as HTMLElement);
  reject(0);
  act(() => {
    turn("hidden");
  });
  act(() => {
    turn("visible");
  });
  const sheet = within(screen.getByRole("dialog"));
  expect(sheet.getByRole("button", { name: "Undo" })).toBeVisible();
  expect(pill()).toHaveTextContent("Stove");

  reject(1);
  act(() => {
    turn("hidden");
  });
  expect(pill()).toBeNull();
  expect(sheet.getAllByRole("button", { name: "Undo" })).toHaveLength(2);
});

test("the pill has its product's picture, title and price, and leads to all that the clip has", () => {
  const clip = aClip();
  const [tent, stove] = clip.products;
  Object.assign(tent ?? {}, { image_url: "/tent.svg", price: 90 });
  render(<ShopPill {...of(clip)} />, { wrapper: MemoryRouter });
  const pill = screen.getByRole("button", { name: "In this clip Tent $90.00" });
  expect(pill.querySelector("img")).toHaveAttribute("src", "/tent.svg");
  fireEvent.click(pill);
  const links = within(screen.getByRole("dialog")).getAllByTestId("card-product");
  expect(links.map((link) => link.getAttribute("href"))).toEqual(
    [tent, stove].map((one) => `/product/${one?.product_id}`),
  );
});

test("a clip in which nothing can be bought has neither pill nor rail", () => {
  const clip = { ...aClip(), products: [] };
  const { container } = render(
    <>
      <ShopPill {...of(clip)} />
      <ClipRail {...of(clip)} />
    </>,
    { wrapper: MemoryRouter },
  );
  expect(container).toBeEmptyDOMElement();
  expect(log).not.toHaveBeenCalled();
});

test("the pill says why its product is there", () => {
  render(<ShopPill {...of(aClip())} />, { wrapper: MemoryRouter });
  expect(screen.getByRole("button", { name: /^In this clip Tent/ })).toBeVisible();
});

test("nothing is seen of a page that is hidden, and each product once after that", () => {
  turn("hidden");
  const clip = aClip();
  const [tent, stove] = clip.products.map(({ product_id }) => product_id);
  render(
    <>
      <ShopPill {...of(clip)} />
      <ClipRail {...of(clip)} />
    </>,
    { wrapper: MemoryRouter },
  );
  expect(seen()).toEqual([]);
  for (const state of ["visible", "hidden", "visible"] as const) {
    act(() => {
      turn(state);
    });
  }
  expect(seen()).toEqual([
    [tent, 0],
    [tent, 0],
    [stove, 1],
  ]);
});

test("pill and rail are told apart, and what is come back to is seen once", () => {
  const [clip, other] = [aClip(), aClip()];
  const page = (shown: FeedClip) => (
    <>
      <ShopPill key={shown.clip_id} {...of(shown)} />
      <ClipRail {...of(shown)} />
    </>
  );
  const { rerender } = render(page(clip), { wrapper: MemoryRouter });
  const sources = () => log.mock.calls.map(([event]: { source: string }[]) => event?.source);
  expect(sources()).toEqual(["clip", "clip_rail", "clip_rail"]);
  rerender(page(other));
  rerender(page(clip));
  expect(sources()).toHaveLength(6);

  // Somebody else signs in.
  forgetShopper();
  rerender(page(other));
  expect(sources()).toHaveLength(9);
});
