import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Card, RecommendResponse } from "../../lib/api";
import { forgetCards, keepCard } from "../../lib/last-cards";
import { forgetShopper } from "../../lib/shopper";
import { aProduct, failed, turn } from "../../lib/testing";
import { ShopCard } from "./ShopCard";

const log = vi.hoisted(() => vi.fn());
const call = vi.hoisted(() => vi.fn<(name: string) => Promise<RecommendResponse>>());
vi.mock("../../lib/queue", () => ({ log, queue: { flush: () => Promise.resolve() } }));
vi.mock("../../lib/firebase", () => ({ call }));

let number = 0;
const client = new QueryClient({
  defaultOptions: { queries: { staleTime: Infinity, retry: false } },
});

/** The next card that the shop answers with. */
function aCard(): RecommendResponse {
  const card_id = `card${++number}`;
  const products = ["Tent", "Stove"].map((title) => {
    const product = aProduct({ product_id: `${card_id} ${title}`, title });
    return { product, score: 1, sources: ["popular"], propensity: 0.5 };
  });
  const reason = { code: "popular", params: {} };
  const card: Card = { card_id, reason, source: "popular", products };
  return { release: "r1", variant: "default", cards: [card], empty: null, personalised: true };
}

/** A slot of the feed, which is the current one unless said otherwise. */
async function shown(
  slotKey: string,
  current = true,
  arrived: () => Promise<unknown> = () => screen.findAllByTestId("card-product"),
) {
  const { rerender, unmount } = render(<ShopCard slotKey={slotKey} current={current} />, {
    wrapper: ({ children }) => (
      <QueryClientProvider client={client}>
        <MemoryRouter>{children}</MemoryRouter>
      </QueryClientProvider>
    ),
  });
  await arrived();
  return {
    unmount,
    become: (now: boolean) => {
      rerender(<ShopCard slotKey={slotKey} current={now} />);
    },
  };
}

const impressions = () =>
  log.mock.calls
    .map(([event]: { type: string; product_id: string }[]) => event)
    .filter((event) => event?.type === "impression")
    .map((event) => event?.product_id);

beforeEach(() => {
  log.mockClear();
  call.mockReset().mockImplementation(() => Promise.resolve(aCard()));
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test("five tiles keep the places of what is awaited, and it comes with its reason", async () => {
  let answer: (response: RecommendResponse) => void = () => undefined;
  call.mockReturnValueOnce(
    new Promise((resolve) => {
      answer = resolve;
    }),
  );
  await shown("awaited", true, () => screen.findByText("Finding something for you"));
  expect(document.querySelectorAll("[aria-hidden=true][class*=tile]")).toHaveLength(5);
  await act(() => {
    answer(aCard());
    return Promise.resolve();
  });
  expect(await screen.findByRole("heading", { name: "Popular right now" })).toBeVisible();
  expect(screen.getAllByTestId("card-product")).toHaveLength(2);
  expect(document.querySelectorAll("[aria-hidden=true][class*=tile]")).toHaveLength(0);
});

test("what a card notes has its place from the start, so that it is read out and moves nothing", async () => {
  keepCard(aCard());
  let fail: (error: Error) => void = () => undefined;
  call.mockReturnValueOnce(
    new Promise((_, reject) => {
      fail = reject;
    }),
  );
  const noted = () => document.querySelector("section > [role=status]");
  await shown("noted", true, () => screen.findByText("Finding something for you"));
  const place = noted();
  expect(place).toBeEmptyDOMElement();
  await act(() => {
    fail(failed("functions/internal"));
    return Promise.resolve();
  });
  expect(await screen.findByText(/This is from before/)).toBe(place);
});

test("the products of a card are seen once, however often it is come back to", async () => {
  const { become, unmount } = await shown("remounted", false);
  expect(impressions()).toEqual([]);
  become(true);
  expect(impressions()).toHaveLength(2);
  unmount();
  await shown("remounted");
  expect(call).toHaveBeenCalledTimes(1);
  expect(impressions()).toHaveLength(2);
});

test("each card's products are seen", async () => {
  await shown("one");
  cleanup();
  await shown("another");
  expect(new Set(impressions()).size).toBe(4);
});

test("nothing is seen of a card while the page is hidden", async () => {
  turn("hidden");
  await shown("hidden");
  expect(impressions()).toEqual([]);
  act(() => {
    turn("visible");
  });
  expect(impressions()).toHaveLength(2);
});

test("a card that was seen stays, however long the shopper looks at something else", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const { unmount } = await shown("kept");
  unmount();
  await act(() => vi.advanceTimersByTimeAsync(3_600_000));
  await shown("kept");
  expect(call).toHaveBeenCalledTimes(1);
});

test("after a long absence the next card is asked for anew, and what was seen stays", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  await shown("seen before");
  await shown("not seen yet", false);
  const absent = async (milliseconds: number) => {
    act(() => {
      turn("hidden");
    });
    await act(() => vi.advanceTimersByTimeAsync(milliseconds));
    await act(async () => {
      turn("visible");
      await vi.advanceTimersByTimeAsync(0);
    });
  };
  const titles = () => screen.getAllByTestId("card-product").map((one) => one.getAttribute("href"));
  const before = titles();
  await absent(3_500_000);
  expect(titles()).toEqual(before);
  await absent(3_600_000);
  await waitFor(() => {
    expect(titles()).toHaveLength(4);
  });
  expect(titles().slice(0, 2)).toEqual(before.slice(0, 2));
  expect(titles().slice(2)).not.toEqual(before.slice(2));
  expect(call).toHaveBeenCalledTimes(3);
});

test("a card that fails says why, and can be tried again", async () => {
  forgetCards();
  call.mockRejectedValueOnce(failed("functions/unauthenticated"));
  await shown("refused", true, () => screen.findByText("You could not be signed in."));
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findAllByTestId("card-product")).toHaveLength(2);
});

test("a card with nothing on it leads on to the search", async () => {
  call.mockResolvedValue({ ...aCard(), cards: [] });
  await shown("empty", true, () => screen.findByText("You have seen all there is for now."));
  expect(screen.getByRole("link", { name: "Find something" })).toHaveAttribute("href", "/search");
});

test.each([
  ["functions/internal", true, "The shop does not answer just now. This is from before."],
  ["functions/resource-exhausted", true, /^That was a lot at once.* This is from before.$/],
  ["functions/internal", false, "There is no connection. This is from before."],
])("a card that stands in says why: %s, online %s", async (code, online, text) => {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(online);
  keepCard(aCard());
  call.mockRejectedValue(failed(code));
  await shown(`stands in ${code} ${online}`);
  expect(await screen.findByText(text)).toBeVisible();
});

test("a card that stands in no longer says why when the shop is back", async () => {
  keepCard(aCard());
  call.mockRejectedValueOnce(failed("functions/internal"));
  await shown("back");
  await act(() => client.refetchQueries({ queryKey: ["card", "back"] }));
  expect(await screen.findByText("This is from before.")).toBeVisible();
});

test("without a connection slots that follow each other show cards that differ", async () => {
  const inTurn = async (...slots: string[]) => {
    for (const slot of slots) (await shown(slot)).unmount();
  };
  await inTurn("came first", "came then");
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  keepCard(aCard());
  keepCard(aCard());
  call.mockRejectedValue(failed("functions/internal"));
  await inTurn("offline first", "offline then");
  expect(new Set(impressions()).size).toBe(8);
});

test("a card that stands in stays the one it was when another is kept", async () => {
  keepCard(aCard());
  call.mockRejectedValue(failed("functions/internal"));
  await shown("steady");
  const text = document.body.textContent;
  keepCard(aCard());
  await act(() => client.refetchQueries({ queryKey: ["card", "steady"] }));
  expect(document.body.textContent).toBe(text);
});

test("a card that stood in for one shopper does not for another", async () => {
  keepCard(aCard());
  call.mockRejectedValueOnce(failed("functions/internal"));
  const { unmount } = await shown("handed over");
  expect(screen.getByText(/This is from before/)).toBeVisible();
  unmount();
  forgetCards();
  forgetShopper();
  await shown("handed over");
  expect(screen.queryByText(/This is from before/)).toBeNull();
});
