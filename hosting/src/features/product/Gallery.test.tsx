import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { aProduct } from "../../lib/testing";
import { Gallery } from "./Gallery";

const WIDTH = 300;
const scrolled = vi.fn();
const mug = aProduct({
  product_id: "mug",
  title: "Mug",
  image_url: "a.jpg",
  image_urls: ["b.jpg", "c.jpg"],
});

// jsdom lays nothing out.
beforeEach(() => {
  scrolled.mockReset();
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(WIDTH);
  vi.spyOn(HTMLElement.prototype, "offsetLeft", "get").mockImplementation(function (
    this: HTMLElement,
  ) {
    return [...(this.parentElement?.children ?? [])].indexOf(this) * WIDTH;
  });
  Element.prototype.scrollTo = scrolled;
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const row = () => screen.getByRole("group", { name: "Pictures" });
const current = () =>
  screen
    .getAllByRole("button")
    .filter((dot) => dot.getAttribute("aria-current") === "true")
    .map((dot) => dot.getAttribute("aria-label"));

test("all pictures are there, and say which they are", () => {
  render(<Gallery product={mug} />);
  expect(screen.getAllByRole("img").map((picture) => picture.getAttribute("alt"))).toEqual([
    "Mug, picture 1 of 3",
    "Mug, picture 2 of 3",
    "Mug, picture 3 of 3",
  ]);
  expect(current()).toEqual(["Show picture 1 of 3"]);
});

test("arrow keys go through them, and stop at the ends", () => {
  render(<Gallery product={mug} />);
  for (const [key, place] of [
    ["ArrowRight", 1],
    ["ArrowRight", 2],
    ["ArrowRight", 2],
    ["ArrowLeft", 1],
    ["Home", 0],
    ["ArrowLeft", 0],
    ["End", 2],
  ] as const) {
    fireEvent.keyDown(row(), { key });
    expect(scrolled).toHaveBeenLastCalledWith({ left: place * WIDTH });
    expect(current()).toEqual([`Show picture ${place + 1} of 3`]);
  }
});

test("from right to left, the arrows turn around", () => {
  document.dir = "rtl";
  try {
    render(<Gallery product={mug} />);
    fireEvent.keyDown(row(), { key: "ArrowLeft" });
    expect(current()).toEqual(["Show picture 2 of 3"]);
    fireEvent.keyDown(row(), { key: "ArrowRight" });
    expect(current()).toEqual(["Show picture 1 of 3"]);
  } finally {
    document.dir = "";
  }
});

test("dots show their picture, and follow a swipe", () => {
  render(<Gallery product={mug} />);
  fireEvent.click(screen.getByRole("button", { name: "Show picture 3 of 3" }));
  expect(scrolled).toHaveBeenLastCalledWith({ left: 2 * WIDTH });
  fireEvent.scroll(row(), { target: { scrollLeft: WIDTH * 1.1 } });
  expect(current()).toEqual(["Show picture 2 of 3"]);
});

test("one picture needs no dots and no keys, and none leaves its place", () => {
  render(<Gallery product={{ ...mug, image_urls: [] }} />);
  expect(screen.queryAllByRole("button")).toEqual([]);
  expect(row().hasAttribute("tabindex")).toBe(false);
  cleanup();
  const { container } = render(<Gallery product={{ ...mug, image_url: "", image_urls: [] }} />);
  expect(container.querySelector("img")).toBeNull();
  expect(container.firstElementChild).not.toBeNull();
});
