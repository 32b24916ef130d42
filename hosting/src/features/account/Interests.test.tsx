import { act, cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Page } from "../../components/Page";
import type { HeldItem, MyInterestsResponse } from "../../lib/api";
import { keepCard, standIn } from "../../lib/last-cards";
import { signals } from "../../lib/signals";
import { failed } from "../../lib/testing";
import { Interests } from "./Interests";
import { aSearch, held, shown } from "./testing";
import { UNDO_MS } from "./useRemoval";

const { call, callAndLeave, flush } = vi.hoisted(() => ({
  call: vi.fn(),
  callAndLeave: vi.fn(() => Promise.resolve()),
  flush: vi.fn(() => Promise.resolve()),
}));
vi.mock("../../lib/firebase", () => ({ call, callAndLeave }));
vi.mock("../../lib/queue", () => ({ queue: { flush } }));

/** A server that holds this, and forgets what it is told to. */
function serving(start: Partial<MyInterestsResponse>) {
  let now = held(start);
  const without = (items: HeldItem[], id: string) => items.filter((one) => one.item_id !== id);
  call.mockImplementation((name: string, { item_id }: { item_id: string }) => {
    if (name === "my_interests") return Promise.resolve(now);
    now = {
      ...now,
      recent: without(now.recent, item_id),
      lasting: without(now.lasting, item_id),
      rejected: without(now.rejected, item_id),
    };
    return Promise.resolve({ forgotten: true });
  });
}

const forgotten = () =>
  (call.mock.calls as [string, { item_id: string }][])
    .filter(([name]) => name === "forget_interest")
    .map(([, { item_id }]) => item_id);
const button = (name: string | RegExp) => screen.getByRole("button", { name });
const removeOf = (query: string) => button(`Remove “${query}”`);
const wait = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  call.mockReset();
  callAndLeave.mockClear();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test("what is held is said in plain words, with how much it counts", async () => {
  const at = new Date(Date.now() - 3 * 3600_000).toISOString();
  const params = { product_id: "p", title: "Cast iron pan", brand: "Ferro", category: "Pans" };
  const about = (code: string): HeldItem => ({
    item_id: code,
    about: { code, params },
    at,
    share: null,
  });
  serving({
    recent: [aSearch("tent", 0.82)],
    lasting: [about("bought")],
    rejected: [about("not_brand"), { ...about("not_product"), at: null }],
  });
  shown(<Interests />);
  const [search, bought, brand, product] = await screen.findAllByTestId("held");
  expect(search).toHaveTextContent("“tent”Searched, now");
  expect(search).toHaveTextContent("82% of what your next cards follow");
  expect(bought).toHaveTextContent("Cast iron panBought, 3 hours ago");
  expect(brand).toHaveTextContent("Everything from Ferro");
  expect(product).toHaveTextContent("Cast iron panWaved away, some time ago");
});

test("a product that the shop no longer has still has a row to remove", async () => {
  const about = { code: "viewed", params: { product_id: "gone" } };
  serving({ recent: [{ item_id: "x", about, at: null, share: 0 }] });
  shown(<Interests />);
  expect(await screen.findByTestId("held")).toHaveTextContent("no longer has");
});

test("a removed interest can be brought back, and nobody was told", async () => {
  serving({ recent: [aSearch("tent"), aSearch("kettle")] });
  shown(<Interests />);
  await screen.findAllByTestId("held");
  fireEvent.click(removeOf("tent"));
  expect(button("Undo")).toHaveFocus();
  expect(screen.getByText("Removed.")).toBeVisible();
  await wait(UNDO_MS - 1000);
  fireEvent.click(button("Undo"));
  expect(removeOf("tent")).toHaveFocus();
  await wait(2 * UNDO_MS);
  expect(forgotten()).toEqual([]);
});

test("without undo it is removed from then, and the next cards are asked for anew", async () => {
  serving({ recent: [aSearch("tent"), aSearch("kettle")] });
  shown(
    <Page header={null}>
      <Interests />
    </Page>,
  );
  await screen.findAllByTestId("held");
  const before = signals.count();
  keepCard({ release: "r1", variant: "default", cards: [], empty: null, personalised: true });
  const pressed = Date.now();
  fireEvent.click(removeOf("tent"));
  await wait(UNDO_MS);
  await waitFor(() => {
    expect(screen.getAllByTestId("held")).toHaveLength(1);
  });
  expect(forgotten()).toEqual(["tent"]);
  const sent = call.mock.calls.find(([name]) => name === "forget_interest") as [
    string,
    { at: string },
  ];
  expect(Date.parse(sent[1].at) - pressed).toBeLessThan(1000);
  expect(signals.count()).toBe(before + 1);
  expect(standIn([])).toBeNull();
  // The focus is where the row was, and not at the top of the page.
  await waitFor(() => {
    expect(screen.getByRole("list")).toHaveFocus();
  });
});

test("leaving the page removes at once what waits", async () => {
  serving({ recent: [aSearch("tent")] });
  const { unmount } = shown(<Interests />);
  await screen.findAllByTestId("held");
  fireEvent.click(removeOf("tent"));
  unmount();
  await wait(0);
  expect(forgotten()).toEqual(["tent"]);
  await wait(2 * UNDO_MS);
  expect(forgotten()).toEqual(["tent"]);
});

test("closing the browser tells the server by a request that outlives the page", async () => {
  serving({ recent: [aSearch("tent")] });
  shown(<Interests />);
  await screen.findAllByTestId("held");
  fireEvent.click(removeOf("tent"));
  fireEvent(window, new Event("pagehide"));
  expect(callAndLeave.mock.calls).toMatchObject([["forget_interest", { item_id: "tent" }]]);
});

test("what could not be removed is shown again, and said", async () => {
  serving({ recent: [aSearch("tent")] });
  shown(<Interests />);
  await screen.findAllByTestId("held");
  call.mockRejectedValue(new Error("unavailable"));
  fireEvent.click(removeOf("tent"));
  await wait(UNDO_MS);
  expect(await screen.findByText(/could not be removed/)).toBeVisible();
  expect(removeOf("tent")).toBeVisible();
});

test("what could not be removed leaves the focus to whoever writes elsewhere meanwhile", async () => {
  serving({ recent: [aSearch("tent")] });
  shown(
    <>
      <Interests />
      <input />
    </>,
  );
  await screen.findAllByTestId("held");
  call.mockRejectedValue(new Error("unavailable"));
  fireEvent.click(removeOf("tent"));
  expect(button("Undo")).toHaveFocus();
  screen.getByRole("textbox").focus();
  await wait(UNDO_MS);
  expect(removeOf("tent")).toBeVisible();
  expect(screen.getByRole("textbox")).toHaveFocus();
});

test("a thing that is held twice is removed in both places", async () => {
  serving({ recent: [aSearch("tent")], lasting: [aSearch("tent")] });
  shown(<Interests />);
  const [row] = await screen.findAllByRole("listitem");
  fireEvent.click(within(row as HTMLElement).getByRole("button"));
  expect(screen.getAllByText("Removed.")).toHaveLength(2);
});

test("the first few are shown, and all on request", async () => {
  serving({ recent: Array.from({ length: 9 }, (_, place) => aSearch(`q${place}`)) });
  shown(<Interests />);
  expect(await screen.findAllByTestId("held")).toHaveLength(6);
  fireEvent.click(button("Show all 9"));
  expect(screen.getAllByTestId("held")).toHaveLength(9);
});

test("nothing held, and personalisation off, are said", async () => {
  serving({ personalised: false });
  shown(<Interests />);
  expect(await screen.findByText(/^Nothing yet/)).toBeVisible();
  expect(screen.getByText(/none of this is used/)).toBeVisible();
});

test("what cannot be loaded can be tried again", async () => {
  call.mockRejectedValueOnce(failed("functions/unavailable"));
  shown(<Interests />);
  await screen.findByText(/could not be loaded/);
  call.mockRejectedValueOnce(failed("functions/unauthenticated"));
  fireEvent.click(button("Try again"));
  await screen.findByText("You could not be signed in.");
  serving({ recent: [aSearch("tent")] });
  fireEvent.click(button("Try again"));
  expect(await screen.findByTestId("held")).toBeVisible();
});
