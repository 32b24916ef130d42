import { expect, test } from "vitest";
import { reasonText } from "./strings";

const viewed = (title: string) =>
  reasonText({ code: "viewed", params: { product_id: "p", title } });

test("a reason names what it is true to", () => {
  const text = (code: string, params = {}) => reasonText({ code, params });
  expect(text("searched", { query: "red shoes" })).toBe("Because you searched for “red shoes”");
  expect(text("goes_with", { product_id: "p", title: "Tent" })).toBe(
    "Goes with the Tent you looked at",
  );
  expect(text("watched", { clip_id: "c", topic: "camping" })).toBe("Because you watched camping");
  expect(text("popular", { category: "Tents" })).toBe("Popular in Tents");
  expect(text("popular")).toBe("Popular right now");
  expect(text("new")).toBe("New in the shop");
  expect(text("explore")).toBe("Something new for you");
});

test("a reason of a later version still has a heading", () => {
  expect(reasonText({ code: "of_a_later_version", params: {} })).toBe("Shop card");
});

test("a long title is shortened to what names the product", () => {
  expect(viewed("Trail Shoes, Waterproof, Size 8")).toBe("Because you looked at Trail Shoes");
  expect(viewed("Jigsaw of 1,000 Pieces, Wood")).toBe(
    "Because you looked at Jigsaw of 1,000 Pieces",
  );
  expect(viewed("Wireless Headphones with Active Noise Cancelling")).toBe(
    "Because you looked at Wireless Headphones with Active…",
  );
  expect(viewed("x".repeat(100))).toBe(`Because you looked at ${"x".repeat(35)}…`);
  expect(viewed(", no name")).toBe("Because you looked at , no name");
});

test("a query is shortened only when it would fill the card", () => {
  const query = "shoes for my 10-year-old son who likes Ben 10";
  const searched = (query: string) => reasonText({ code: "searched", params: { query } });
  expect(searched(query)).toBe(`Because you searched for “${query}”`);
  expect(searched(`${query} and also likes to climb`)).toBe(
    `Because you searched for “${query} and also…”`,
  );
});
