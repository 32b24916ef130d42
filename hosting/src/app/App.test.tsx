import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { App } from "./App";

vi.mock("./HomePage", () => ({ HomePage: () => <p>Clips</p> }));
vi.mock("../features/bag/BagPage", () => ({
  default: () => {
    throw new Error("not to be had");
  },
}));
// Its script never comes.
vi.mock("../features/search/SearchPage", () => new Promise(() => undefined));
vi.mock("../features/product/ProductPage", () => ({
  default: function Product() {
    const { product_id = "" } = useParams();
    const [first] = useState(product_id);
    return <Link to="/product/teal">{`Opened on ${first}, now ${product_id}`}</Link>;
  },
}));

/** A window that jsdom has not: a phone's, until a test says otherwise. */
let isWide: boolean;

beforeEach(() => {
  isWide = false;
  window.matchMedia = () =>
    ({
      matches: isWide,
      addEventListener: vi.fn(),
      removeEventListener: vi.fn(),
    }) as unknown as MediaQueryList;
  // React tells of it, as of any error.
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

test("a page that cannot be shown says so, and the rest of the app stays", async () => {
  history.replaceState(null, "", "/");
  render(<App />);
  fireEvent.click(screen.getByRole("link", { name: "Bag" }));
  expect(await screen.findByText("This page could not be loaded.")).toBeVisible();
  expect(screen.getByRole("heading", { level: 1, name: "ShopFYP" })).toBeVisible();
  expect(screen.getByRole("link", { name: "Bag" })).toHaveAttribute("aria-current", "page");
  const reload = vi.fn();
  vi.stubGlobal("location", { reload });
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => {
    expect(reload).toHaveBeenCalledOnce();
  });
  vi.unstubAllGlobals();

  fireEvent.click(screen.getByRole("button", { name: "Back" }));
  expect(await screen.findByText("Clips")).toBeVisible();
  expect(screen.queryByText("This page could not be loaded.")).toBeNull();
});

test("a page that is still to come has its shape, and a way back", async () => {
  history.replaceState(null, "", "/search");
  render(<App />);
  expect(document.querySelectorAll("main [aria-hidden] > div").length).toBeGreaterThan(0);
  fireEvent.click(screen.getByRole("button", { name: "Back" }));
  expect(await screen.findByText("Clips")).toBeVisible();
});

test("a page goes on while its address changes", async () => {
  history.replaceState(null, "", "/product/red");
  render(<App />);
  fireEvent.click(await screen.findByText("Opened on red, now red"));
  expect(await screen.findByText("Opened on red, now teal")).toBeVisible();
});

test.each(["/", "/following"])("home is marked in the navigation on %s", (path) => {
  history.replaceState(null, "", path);
  render(<App />);
  const marked = screen.getAllByRole("link", { current: "page" });
  expect(marked.map(({ textContent }) => textContent)).toEqual(["Home"]);
});

test.each([
  [false, Node.DOCUMENT_POSITION_FOLLOWING],
  [true, Node.DOCUMENT_POSITION_PRECEDING],
])("the navigation stands in the page where it is seen: wide %s", async (wide, position) => {
  isWide = wide;
  history.replaceState(null, "", "/");
  render(<App />);
  const page = await screen.findByText("Clips");
  const navigation = screen.getByRole("navigation");
  expect(page.compareDocumentPosition(navigation)).toBe(position);
});
