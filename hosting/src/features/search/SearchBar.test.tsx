import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SearchBar } from "./SearchBar";
import { recent } from "./recent";

const response = {
  release: "r1",
  entries: [
    ["Shoes", "category", 900],
    ["ben 10 shoes", "query", 800],
    ["Shark Lamp", "product", 500, "p7"],
    ["Shirt", "category", 400],
  ],
};

const onSearch = vi.fn();
const onOpen = vi.fn();
const asked = vi.fn(() => Promise.resolve(new Response(JSON.stringify(response))));

beforeEach(() => {
  vi.stubGlobal("fetch", asked);
  asked.mockClear();
  onSearch.mockClear();
  onOpen.mockClear();
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  for (const words of ["shelf", "lamp"]) recent.forget(words);
});

/** The field on a page of its own, once the suggestions are there. */
async function field(query = ""): Promise<HTMLInputElement> {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <SearchBar query={query} onSearch={onSearch} onOpen={onOpen} />
    </QueryClientProvider>,
  );
  const input = screen.getByRole<HTMLInputElement>("combobox", { name: "Search" });
  await waitFor(() => {
    expect(client.isFetching()).toBe(0);
  });
  input.focus();
  return input;
}

function type(input: HTMLInputElement, value: string) {
  fireEvent.change(input, { target: { value } });
  input.setSelectionRange(value.length, value.length);
}

const options = () =>
  screen.queryAllByRole("option").map((option) => option.getAttribute("aria-label"));
const active = (input: HTMLElement) =>
  document
    .getElementById(input.getAttribute("aria-activedescendant") ?? "-")
    ?.getAttribute("aria-label");
const press = (input: HTMLElement, key: string, more = {}) =>
  fireEvent.keyDown(input, { key, ...more });

test("typing shows suggestions, asks nothing, and leaves the focus in the field", async () => {
  const input = await field();
  expect(input).toHaveAttribute("aria-expanded", "false");
  for (const typed of ["s", "sh", "sho"]) type(input, typed);
  type(input, "sh");
  expect(input).toHaveAttribute("aria-expanded", "true");
  expect(options()).toEqual([
    "Shoes, Category",
    "Shirt, Category",
    "ben 10 shoes",
    "Shark Lamp, Product",
  ]);
  expect(screen.getByText("4 suggestions")).toHaveAttribute("aria-live", "polite");
  const list = screen.getByRole("listbox", { name: "Suggestions" });
  expect(input).toHaveAttribute("aria-controls", list.id);
  expect(input).toHaveFocus();
  expect(asked).toHaveBeenCalledOnce();
});

test("what completes the typed part is bold", async () => {
  const input = await field();
  type(input, "sho");
  const [first] = screen.getAllByRole("option");
  expect(first?.querySelector("b")).toHaveTextContent("es");
});

test("arrow keys go round through the field; Enter takes the suggestion", async () => {
  const input = await field();
  type(input, "sh");
  press(input, "ArrowDown");
  expect(active(input)).toBe("Shoes, Category");
  expect(screen.getByRole("option", { selected: true })).toHaveTextContent("Shoes");
  press(input, "ArrowUp");
  expect(input).not.toHaveAttribute("aria-activedescendant");
  press(input, "ArrowUp");
  expect(active(input)).toBe("Shark Lamp, Product");
  press(input, "ArrowDown");
  expect(input).not.toHaveAttribute("aria-activedescendant");
  press(input, "ArrowUp");
  press(input, "ArrowUp");
  expect(press(input, "Enter")).toBe(false); // the form is not sent as well
  expect(onSearch).toHaveBeenCalledExactlyOnceWith("ben 10 shoes");
  expect(options()).toEqual([]);
  expect(input).toHaveValue("ben 10 shoes");
});

test("Enter without a choice searches for what was typed", async () => {
  const input = await field();
  type(input, " sh ");
  expect(press(input, "Enter")).toBe(true);
  fireEvent.submit(screen.getByRole("search"));
  expect(onSearch).toHaveBeenCalledExactlyOnceWith("sh");
});

test("typing on lets go of the choice", async () => {
  const input = await field();
  type(input, "sh");
  press(input, "ArrowDown");
  type(input, "sho");
  expect(input).not.toHaveAttribute("aria-activedescendant");
});

test("Escape closes the list before it does anything else, an arrow key opens it again", async () => {
  const input = await field();
  type(input, "sh");
  expect(press(input, "Escape")).toBe(false);
  expect(options()).toEqual([]);
  expect(input).toHaveAttribute("aria-expanded", "false");
  expect(press(input, "Escape")).toBe(true);
  press(input, "ArrowDown");
  expect(options()).toHaveLength(4);
});

test("leaving the field closes the list", async () => {
  const input = await field();
  type(input, "sh");
  fireEvent.blur(input);
  expect(options()).toEqual([]);
});

test("a tap searches, and opens the page of a product", async () => {
  const input = await field();
  type(input, "sh");
  const option = screen.getByRole("option", { name: /Shark Lamp/ });
  expect(fireEvent.mouseDown(option)).toBe(false); // the field keeps the focus
  fireEvent.click(option);
  expect(onOpen).toHaveBeenCalledExactlyOnceWith("p7", "r1");
  type(input, "sh");
  fireEvent.click(screen.getByRole("option", { name: /Shirt/ }));
  expect(onSearch).toHaveBeenCalledExactlyOnceWith("Shirt");
});

test("the arrow beside a suggestion, and the right arrow key, put it into the field", async () => {
  const input = await field();
  type(input, "sh");
  fireEvent.click(screen.getAllByTitle("Put it into the field")[0] as HTMLElement);
  expect(input).toHaveValue("Shoes");
  expect(onSearch).not.toHaveBeenCalled();
  expect(input).toHaveFocus();

  type(input, "sh");
  press(input, "ArrowUp");
  press(input, "ArrowUp");
  input.setSelectionRange(0, 0);
  expect(press(input, "ArrowRight")).toBe(true); // within the text it is an arrow key
  input.setSelectionRange(2, 2);
  press(input, "ArrowRight");
  expect(input).toHaveValue("ben 10 shoes");
  expect(onSearch).not.toHaveBeenCalled();
});

test("recent searches come first and can be forgotten", async () => {
  recent.remember("lamp");
  recent.remember("shelf");
  const input = await field();
  type(input, "sh");
  expect(options()[0]).toBe("shelf, Recent");
  press(input, "ArrowDown");
  press(input, "Delete", { shiftKey: true });
  expect(options()[0]).toBe("Shoes, Category");
  type(input, "la");
  fireEvent.click(screen.getByTitle("Remove lamp"));
  expect(options()).toEqual(["Shark Lamp, Product"]);
  expect(input).toHaveFocus();
  expect(onSearch).not.toHaveBeenCalled();
});

test("an empty field shows recent searches and what is popular, over results only", async () => {
  recent.remember("lamp");
  const input = await field("shirt");
  fireEvent.click(screen.getByRole("button", { name: "Clear the search" }));
  expect(input).toHaveValue("");
  expect(input).toHaveFocus();
  expect(options()).toEqual(["lamp, Recent", "Shoes, Category", "ben 10 shoes", "Shirt, Category"]);
});

test("an empty field on the first page shows nothing over it", async () => {
  recent.remember("lamp");
  const input = await field();
  press(input, "ArrowDown");
  expect(options()).toEqual([]);
});

test("keys that compose a letter are left alone", async () => {
  const input = await field();
  type(input, "sh");
  press(input, "ArrowDown");
  expect(press(input, "Enter", { isComposing: true })).toBe(true);
  expect(onSearch).not.toHaveBeenCalled();
});

test.each([
  ["an outage", () => Promise.reject(new TypeError("offline"))],
  ["a page instead", () => Promise.resolve(new Response("<!doctype html>"))],
  ["a failure", () => Promise.resolve(new Response("", { status: 503 }))],
  ["nonsense", () => Promise.resolve(new Response('{"release":"r"}'))],
])("after %s the field works without suggestions", async (_, answer) => {
  asked.mockImplementationOnce(answer);
  const input = await field();
  type(input, "sh");
  expect(options()).toEqual([]);
  fireEvent.submit(screen.getByRole("search"));
  expect(onSearch).toHaveBeenCalledExactlyOnceWith("sh");
});
