import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ReleaseFacts } from "../../lib/api";
import InsightsPage from "./InsightsPage";
import { aDay, counts, insightsOf } from "./testing";

const operator = vi.hoisted(() => ({
  signedIn: vi.fn<() => Promise<boolean>>(),
  signIn: vi.fn<(email: string, password: string) => Promise<void>>(),
  signOut: vi.fn(() => Promise.resolve()),
  callAsOperator: vi.fn<(name: string, data: unknown) => Promise<unknown>>(),
}));
vi.mock("../../lib/operator", () => operator);

const release = (version: string, current: boolean): ReleaseFacts => ({
  version,
  current,
  created_at: "2026-03-01T00:00:00Z",
  published_at: "2026-03-01T01:00:00Z",
  counts: { products: 400 },
  evaluation: { ndcg: 0.61234, covered: 1234.5 },
});

const day = aDay("2026-03-01", {
  cards: counts({ impressions: 200, clicks: 10, add_to_cart: 4, revenue: { USD: 50 } }),
  products: 400,
  products_shown: 100,
  new_impressions: 20,
  groups: {
    source: [
      { name: "popular", ...counts({ impressions: 200, clicks: 10 }) },
      { name: "clip", ...counts({ impressions: 50, clicks: 4 }) },
      { name: "clip_rail", ...counts({ impressions: 40, clicks: 1 }) },
    ],
    reason: [{ name: "searched", ...counts({ impressions: 20, clicks: 3 }) }],
    variant: [{ name: "x/b", ...counts({ impressions: 100, revenue: { USD: 4 } }) }],
    release: [{ name: "r2", ...counts({ impressions: 10, add_to_cart: 1 }) }],
  },
  functions: [{ name: "search", calls: 4, refused: 0, errors: 1, p50: 20, p95: 1500, p99: 1500 }],
});
const full = insightsOf({
  days: [day],
  functions: day.functions,
  unanswered: [
    { query: "flux capacitor", why: "nothing", count: 7, last_at: "2026-03-01T09:00:00Z" },
  ],
  releases: [release("r2", true), release("r1", false)],
});

function open() {
  const client = new QueryClient({ defaultOptions: { queries: { retryDelay: 1 } } });
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <InsightsPage />
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

beforeEach(() => {
  vi.resetAllMocks();
  operator.signedIn.mockResolvedValue(true);
  operator.callAsOperator.mockResolvedValue(full);
});
afterEach(cleanup);

const tile = (name: string) => screen.getByText(name, { selector: "dt" }).parentElement;

test("whoever is not signed in is asked to, and then let in", async () => {
  operator.signedIn.mockResolvedValueOnce(false);
  operator.signIn.mockRejectedValueOnce({ code: "auth/invalid-credential" });
  operator.signIn.mockResolvedValueOnce();
  open();
  fireEvent.change(await screen.findByLabelText("Email"), { target: { value: "a@b.c" } });
  fireEvent.change(screen.getByLabelText("Password"), { target: { value: "secret" } });
  fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
  await waitFor(() => {
    expect(screen.getByRole("alert").textContent).toBe("No account has this email and password.");
  });
  expect(operator.callAsOperator).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByText("Click-through rate", { selector: "dt" })).toBeTruthy();
  expect(operator.signIn).toHaveBeenLastCalledWith("a@b.c", "secret");
});

test("an account that is no operator is told how to become one", async () => {
  operator.callAsOperator.mockRejectedValue({ code: "functions/permission-denied" });
  open();
  expect((await screen.findByRole("alert")).textContent).toContain(
    "python -m indexer_job operator",
  );
  expect(operator.callAsOperator).toHaveBeenCalledTimes(1);
  operator.signedIn.mockResolvedValue(false);
  fireEvent.click(screen.getByRole("button", { name: "Sign out" }));
  expect(await screen.findByLabelText("Email")).toBeTruthy();
});

test("what cannot be loaded can be tried again", async () => {
  operator.callAsOperator.mockRejectedValueOnce(new Error()).mockRejectedValueOnce(new Error());
  open();
  fireEvent.click(await screen.findByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Click-through rate", { selector: "dt" })).toBeTruthy();
});

test("a period that cannot be loaded leaves the way back to the one before, and out", async () => {
  open();
  await screen.findByText("Click-through rate", { selector: "dt" });
  operator.callAsOperator.mockRejectedValue(new Error());
  fireEvent.click(screen.getByLabelText("90 days"));
  expect(await screen.findByText("The insights could not be loaded.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Sign out" })).toBeVisible();
  fireEvent.click(screen.getByLabelText("7 days"));
  expect(await screen.findByText("Click-through rate", { selector: "dt" })).toBeTruthy();
  expect(screen.queryByText("The insights could not be loaded.")).toBeNull();
});

test("a count that fails, and figures that do not come after it, leave those of before", async () => {
  open();
  await screen.findByText("Click-through rate", { selector: "dt" });
  operator.callAsOperator.mockRejectedValueOnce(new Error());
  fireEvent.click(screen.getByRole("button", { name: "Count now" }));
  expect(await screen.findByText(/^Counting failed/)).toBeVisible();
  operator.callAsOperator.mockImplementation((name) =>
    name === "insights" ? Promise.reject(new Error()) : Promise.resolve({}),
  );
  fireEvent.click(screen.getByRole("button", { name: "Count now" }));
  expect(await screen.findByText("The insights could not be loaded.")).toBeVisible();
  expect(screen.getByText("Click-through rate", { selector: "dt" })).toBeTruthy();
});

test("a roll back that fails is said, and the list is asked for anew", async () => {
  open();
  fireEvent.click(await screen.findByRole("button", { name: "Make r1 live" }));
  operator.callAsOperator.mockClear();
  operator.callAsOperator.mockRejectedValueOnce({ code: "functions/not-found" });
  fireEvent.click(screen.getByRole("button", { name: "Yes, serve it" }));
  expect(await screen.findByText("It was not rolled back. Try again.")).toBeVisible();
  expect(operator.callAsOperator.mock.calls.map(([name]) => name)).toEqual([
    "roll_back",
    "insights",
  ]);
  expect(within(screen.getByRole("row", { name: /^r2/ })).getByText("Live")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Make r1 live" })).toBeVisible();
});

test("figures, groups, searches and functions are shown", async () => {
  open();
  await screen.findByText("Click-through rate", { selector: "dt" });
  expect(document.title).toBe("Insights · ShopFYP");
  expect(tile("Click-through rate")?.textContent).toContain("5%10 clicks");
  expect(tile("Add-to-cart rate")?.textContent).toContain("2%");
  expect(tile("Revenue per 1,000 impressions")?.textContent).toContain("$250.00");
  expect(tile("Catalogue coverage")?.textContent).toContain("25%100 of 400 products");
  expect(tile("New products' share")?.textContent).toContain("10%");
  expect(screen.getByRole("row", { name: /^r1 .* ndcg 0\.612 covered 1,230 / })).toBeTruthy();
  expect(screen.getByRole("row", { name: /^Popular 200 5%/ })).toBeTruthy();
  expect(screen.getByRole("row", { name: /^On a clip 50 8%/ })).toBeTruthy();
  expect(screen.getByRole("row", { name: /^Beside a clip 40 2.5%/ })).toBeTruthy();
  // What is beside cards is no part of what they did.
  expect(tile("Impressions")?.textContent).toContain("200");
  expect(screen.getByRole("row", { name: /^flux capacitor 7 Nothing found/ })).toBeTruthy();
  expect(screen.getByRole("row", { name: "search 4 25% 0% 20 ms 1.5 s 1.5 s" })).toBeTruthy();
});

test("each figure by source, reason, variant and release is a line over the days, and a table", async () => {
  open();
  const panel = within(
    (await screen.findByRole("heading", { name: /^What cards were shown for/ }))
      .parentElement as HTMLElement,
  );
  for (const [dimension, metric, line, row] of [
    ["Source", "Impressions", "Popular: 200", /^Popular 200 5% 0%/],
    ["Reason", "Click-through rate", "Searched for: 15%", /^Searched for 20 15% 0%/],
    ["Variant", "Per 1,000", "x/b: $40.00", /^x\/b 100 0% 0% \$40.00/],
    ["Release", "Add-to-cart rate", "r2: 10%", /^r2 10 0% 10%/],
  ] as const) {
    fireEvent.click(panel.getByLabelText(dimension));
    fireEvent.click(panel.getByLabelText(metric));
    const chart = panel.getByRole("img", { name: new RegExp(`^${metric}`) });
    expect(chart.querySelector("desc")).toHaveTextContent(line);
    expect(panel.getByRole("row", { name: row })).toBeVisible();
  }
});

test("coverage, new products' share, latency and errors are lines over the days", async () => {
  open();
  const course = async (title: string) =>
    (await screen.findByRole("img", { name: new RegExp(`^${title}`) })).querySelector("desc");
  expect(await course("Catalogue coverage")).toHaveTextContent("Catalogue coverage: 25%");
  expect(await course("New products' share")).toHaveTextContent("New products' share: 10%");
  expect(await course("Time to answer")).toHaveTextContent("search: 1.5 s");
  expect(await course("Share of calls that failed")).toHaveTextContent("search: 25%");
});

test("one of a thing is said as one", async () => {
  const one = counts({ impressions: 9, clicks: 1, add_to_cart: 1, purchases: 1 });
  const few = aDay("2026-03-01", { cards: one, elsewhere: counts({ purchases: 1 }), unpriced: 1 });
  operator.callAsOperator.mockResolvedValue({ ...full, days: [few] });
  open();
  await screen.findByText("1 click");
  for (const said of [
    "1 addition",
    "1 purchase",
    "1 more purchase came from elsewhere than cards. 1 purchase has no price in the live release.",
  ]) {
    expect(screen.getByText(said)).toBeTruthy();
  }
});

test("before any card was seen, that is said, and the rest is there", async () => {
  operator.callAsOperator.mockResolvedValue({ ...full, days: [] });
  open();
  expect(await screen.findByText(/^No card was seen/)).toBeTruthy();
  expect(screen.queryByText("Click-through rate", { selector: "dt" })).toBeNull();
  expect(screen.getByText("flux capacitor")).toBeTruthy();
});

test("another period and a new count are asked for", async () => {
  open();
  fireEvent.click(await screen.findByLabelText("28 days"));
  await waitFor(() => {
    expect(operator.callAsOperator).toHaveBeenLastCalledWith("insights", { days: 28 });
  });
  operator.callAsOperator.mockClear();
  fireEvent.click(screen.getByRole("button", { name: "Count now" }));
  await waitFor(() => {
    expect(operator.callAsOperator.mock.calls.map(([name]) => name)).toEqual([
      "refresh_insights",
      "insights",
    ]);
  });
});

test("a release is rolled back to after a question, which may be answered with no", async () => {
  open();
  expect(within(await screen.findByRole("row", { name: /^r2/ })).getByText("Live")).toBeTruthy();
  const rollBack = () => screen.getByRole("button", { name: "Make r1 live" });
  fireEvent.click(rollBack());
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Cancel" }));
  fireEvent.click(screen.getByRole("button", { name: "Cancel" }));
  expect(operator.callAsOperator).not.toHaveBeenCalledWith("roll_back", expect.anything());
  await waitFor(() => {
    expect(rollBack().parentElement).toHaveFocus();
  });
  operator.callAsOperator.mockImplementation((name) =>
    Promise.resolve(
      name === "roll_back"
        ? { release: "r1" }
        : { ...full, releases: [release("r2", false), release("r1", true)] },
    ),
  );
  fireEvent.click(rollBack());
  fireEvent.click(screen.getByRole("button", { name: "Yes, serve it" }));
  expect(await screen.findByText(/^r1 is live/)).toBeTruthy();
  expect(operator.callAsOperator).toHaveBeenCalledWith("roll_back", { version: "r1" });
  expect(within(await screen.findByRole("row", { name: /^r1/ })).getByText("Live")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Make r2 live" }).textContent).toBe("Roll forward");
});
