import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { scrollOn } from "./useScrolling";

const HEIGHT = 800;

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** A feed that comes to rest at a place, wherever it was sent. */
function feed() {
  const root = document.createElement("div");
  Object.defineProperty(root, "clientHeight", { value: HEIGHT });
  const scrollTo = vi.fn();
  root.scrollTo = scrollTo;
  const rest = (place: number) => {
    root.scrollTop = place * HEIGHT;
    root.dispatchEvent(new Event("scrollend"));
  };
  const sent = () => scrollTo.mock.calls.map(([{ top }]) => Number(top) / HEIGHT);
  return { root, rest, sent };
}

test("a key that a wheel's coming to rest undid counts all the same", () => {
  const { root, rest, sent } = feed();
  root.scrollTop = 0.7 * HEIGHT;
  scrollOn(root, 1);
  rest(1);
  expect(sent()).toEqual([2, 2]);
  rest(2);
  rest(1);
  expect(sent()).toEqual([2, 2]);
});

test("whoever went on from there is left where they are", () => {
  const { root, rest, sent } = feed();
  root.scrollTop = 0.7 * HEIGHT;
  scrollOn(root, 1);
  rest(3);
  rest(1);
  expect(sent()).toEqual([2]);
});
