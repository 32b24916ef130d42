import { beforeEach, expect, test, vi } from "vitest";
import { aProduct } from "./testing";

const log = vi.hoisted(() => vi.fn());
vi.mock("./queue", () => ({ log }));

const offer = { release: "r1", variant: "default", card_id: "c1", source: "popular" };
const product = (product_id: string) => aProduct({ product_id, title: product_id });

/** The bag as a page that has just been opened reads it. */
async function opened() {
  vi.resetModules();
  return import("./bag");
}

beforeEach(() => {
  localStorage.clear();
  log.mockClear();
});

test("a purchase says under which offer the product came into the bag", async () => {
  const { addToBag } = await opened();
  addToBag(product("p1"), offer);
  addToBag(product("p2"));
  log.mockClear();

  const { bag, buyAll } = await opened();
  buyAll();
  expect(log.mock.calls.flat()).toEqual([
    { type: "purchase", product_id: "p1", quantity: 1, ...offer },
    { type: "purchase", product_id: "p2", quantity: 1 },
  ]);
  expect(bag.get()).toEqual([]);
});

test("an offer leaves the bag with its product", async () => {
  const { addToBag, removeFromBag, buyAll } = await opened();
  addToBag(product("p1"), offer);
  removeFromBag(product("p1"));
  addToBag(product("p1"));
  buyAll();
  expect(log).toHaveBeenLastCalledWith({ type: "purchase", product_id: "p1", quantity: 1 });
});

test("a bag that was filled before offers were kept can be bought", async () => {
  localStorage.setItem("bag", JSON.stringify([product("p1")]));
  const { buyAll } = await opened();
  buyAll();
  expect(log.mock.calls.flat()).toEqual([{ type: "purchase", product_id: "p1", quantity: 1 }]);
});

test("a purchase says how many pieces, and the next one starts at one", async () => {
  const { addToBag, buyAll, setQuantity } = await opened();
  addToBag(product("p1"));
  for (const [asked, bought] of [
    [3, 3],
    [0, 1],
    [1000, 99],
  ] as const) {
    setQuantity(product("p1"), asked);
    buyAll();
    expect(log).toHaveBeenLastCalledWith({
      type: "purchase",
      product_id: "p1",
      quantity: bought,
    });
    addToBag(product("p1"));
  }
  buyAll();
  expect(log).toHaveBeenLastCalledWith({ type: "purchase", product_id: "p1", quantity: 1 });
});

test("a quantity leaves the bag with its product", async () => {
  const { addToBag, removeFromBag, setQuantity, quantities } = await opened();
  addToBag(product("p1"));
  setQuantity(product("p1"), 5);
  removeFromBag(product("p1"));
  expect(quantities.get()).toEqual({});
});
