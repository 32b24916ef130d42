import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { History } from "./History";
import { shown } from "./testing";

type Stored = Record<string, unknown> & { id: string };
const stored = vi.hoisted(() => ({
  events: [] as Stored[],
  asked: [] as unknown[][],
  /** How often it does not answer. */
  down: 0,
}));
vi.mock("../../lib/queue", () => ({ queue: { flush: () => Promise.resolve() } }));
vi.mock("../../lib/firebase", () => {
  const documents = (all: Stored[]) => ({
    docs: all.map(({ id, ...fields }) => ({
      id,
      data: () => fields,
      get: (name: string) => fields[name],
    })),
  });
  const lite = {
    collection: (_: unknown, ...path: string[]) => path.join("/"),
    documentId: () => "id",
    where: (...condition: unknown[]) => condition,
    orderBy: () => "order",
    limit: () => "limit",
    query: (path: string, ...rest: unknown[]) => [path, ...rest],
    getDocs: ([path, condition]: [string, unknown[]]) => {
      stored.asked.push([path, condition[2]]);
      if (stored.down-- > 0) return Promise.reject(new Error("unavailable"));
      const products = (condition[2] as string[]).filter((id) => id !== "gone");
      return Promise.resolve(
        documents(
          path === "products"
            ? products.map((id) => ({ id, title: `Title of ${id}` }))
            : stored.events,
        ),
      );
    },
  };
  return {
    shopper: () => Promise.resolve({ uid: "me" }),
    firestoreLite: () => Promise.resolve({ lite, store: {} }),
  };
});

const at = { toDate: () => new Date() };
const viewed = (product_id: string): Stored => ({
  id: `e-${product_id}`,
  type: "view_item",
  product_id,
  at,
});

function open() {
  shown(<History />);
  const details = screen.getByRole<HTMLDetailsElement>("group");
  details.open = true;
  fireEvent(details, new Event("toggle"));
}

beforeEach(() => {
  stored.events = [];
  stored.asked = [];
  stored.down = 0;
});
afterEach(cleanup);

test("nothing is read before it is opened; then own events, newest first", async () => {
  stored.events = [{ id: "e", type: "search", query: "tent", at }, viewed("p1"), viewed("gone")];
  open();
  const [search, product, gone] = await screen.findAllByTestId("happened");
  expect(stored.asked[0]?.[0]).toBe("shoppers/me/events");
  expect(search).toHaveTextContent("tentSearched, now");
  expect(screen.getByRole("link", { name: "tent" })).toHaveAttribute("href", "/search?q=tent");
  expect(product).toHaveTextContent("Title of p1");
  expect(gone).toHaveTextContent("no longer has");
});

test("closed, it costs nothing", async () => {
  shown(<History />);
  await Promise.resolve();
  expect(stored.asked).toEqual([]);
});

test("titles are read thirty at a time, each product once", async () => {
  stored.events = Array.from({ length: 40 }, (_, place) => ({
    ...viewed(`p${place % 35}`),
    id: `e${place}`,
  }));
  open();
  await screen.findAllByTestId("happened");
  const sizes = stored.asked.slice(1).map(([, ids]) => (ids as string[]).length);
  expect(sizes).toEqual([30, 5]);
});

test("no history is said", async () => {
  open();
  expect(await screen.findByText("Nothing yet.")).toBeVisible();
});

test("a history that cannot be had says so, and can be tried again", async () => {
  stored.events = [viewed("p1")];
  stored.down = 1;
  open();
  expect(await screen.findByText("Your history could not be loaded.")).toBeVisible();
  expect(screen.queryByText("Nothing yet.")).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByTestId("happened")).toHaveTextContent("Title of p1");
});
