import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { MemoryRouter, useLocation, useNavigate } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Clip, Facet, Filters, SearchResponse } from "../../lib/api";
import { signals } from "../../lib/signals";
import { strings } from "../../lib/strings";
import { aProduct, failed } from "../../lib/testing";
import SearchPage from "./SearchPage";
import { recent } from "./recent";

interface Request {
  query: string;
  verbatim: boolean;
  filters: Filters;
  sort: string | null;
  page_token: string | null;
  event_id: string;
}

const call = vi.hoisted(() => vi.fn());
vi.mock("../../lib/firebase", () => ({ call }));
vi.mock("../../lib/queue", () => ({ log: vi.fn() }));

const brands: Facet = {
  name: "brand",
  values: ["Ada", "Bo"].map((name, place) => ({
    path: [name],
    low: null,
    high: null,
    count: 3 - place,
    selected: false,
  })),
  low: null,
  high: null,
  currency: null,
};

/** No product answers these. */
const NONE = ["nothing", "glazing"];

/** A clip about blue mugs and glazing, and none about others. */
function clipsOf(query: string): Clip[] {
  if (query !== "blue mug" && query !== "glazing") return [];
  return [
    {
      clip_id: "c1",
      creator: "@mila",
      caption: "Glazing day",
      topic: "mugs",
      video_url: "/c1.mp4",
      poster_url: "/c1.jpg",
      duration_s: 4,
      like_count: 1234,
      product_ids: [],
    },
  ];
}

/** Five mugs on pages of two; the second page repeats one, as after a swap of releases. */
function answer({ query, verbatim, filters, page_token }: Request): SearchResponse {
  const page = Number(page_token ?? 0);
  const brand = filters.brand?.join(" ") ?? "Any";
  const places = page ? [page * 2 - 1, page * 2] : [0, 1];
  return {
    release: `r${page}`,
    query,
    understood: [],
    relaxed: [],
    corrected: query === "mgu" && !verbatim ? "mug" : null,
    nearest_only: verbatim,
    total: NONE.includes(query) ? 0 : filters.brand ? 3 : 5,
    next_page_token: page < 2 ? String(page + 1) : null,
    facets: page ? null : [brands],
    clips: page ? [] : clipsOf(query),
    products: NONE.includes(query)
      ? []
      : places.map((place) => ({
          score: 1,
          sources: [],
          product: aProduct({ product_id: `mug-${place}`, title: `${brand} mug ${place}` }),
        })),
  };
}

const asked = () => call.mock.calls.map(([, request]) => request as Request);
const titles = () => screen.getAllByTestId("search-product").map((tile) => tile.textContent);

afterEach(cleanup);

beforeEach(() => {
  call.mockReset();
  call.mockImplementation((_: string, request: Request) => Promise.resolve(answer(request)));
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      observe() {
        return undefined;
      }
      disconnect() {
        return undefined;
      }
    },
  );
  // jsdom has no modal dialogs.
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
    this.dispatchEvent(new Event("close"));
  };
});

function Address() {
  const navigate = useNavigate();
  return (
    <>
      <code>{useLocation().search}</code>
      <button type="button" onClick={() => void navigate(-1)}>
        Browser back
      </button>
    </>
  );
}

async function open(
  url = "/search?q=mug",
  arrived: () => Promise<unknown> = () => screen.findAllByTestId("search-product"),
) {
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: Infinity, retry: false } },
  });
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter initialEntries={[url]}>
        <SearchPage />
        <Address />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  await arrived();
}

async function choose(brand: string) {
  fireEvent.click(screen.getByRole("button", { name: "Brand" }));
  fireEvent.click(within(screen.getByRole("dialog")).getByLabelText(new RegExp(brand)));
  const show = await screen.findByRole("button", { name: "Show 3 products" });
  fireEvent.click(show);
  await waitFor(() => {
    expect(titles()[0]).toContain(brand);
  });
}

test("pages follow each other, and what comes twice is shown once", async () => {
  await open();
  const more = screen.getByRole("button", { name: "Show more" });
  more.focus();
  for (const shown of [3, 5]) {
    fireEvent.click(more);
    await waitFor(() => {
      expect(titles()).toHaveLength(shown);
    });
  }
  expect(titles()).toEqual([0, 1, 2, 3, 4].map((place) => `Any mug ${place}`));
  expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
  // The focus is where it was: below the last product.
  await waitFor(() => {
    expect(document.activeElement).not.toBe(document.body);
  });
  const last = screen.getAllByTestId("search-product").at(-1);
  expect(document.activeElement?.compareDocumentPosition(last as Node)).toBe(
    Node.DOCUMENT_POSITION_PRECEDING,
  );
});

test("pages, filters and orders of one visit are one search", async () => {
  const before = signals.count();
  await open("/search?q=blue+mug");
  fireEvent.click(screen.getByRole("button", { name: "Show more" }));
  await waitFor(() => {
    expect(titles()).toHaveLength(3);
  });
  await choose("Bo");
  fireEvent.change(screen.getByRole("combobox", { name: "Sort" }), { target: { value: "rating" } });
  await waitFor(() => {
    expect(asked().at(-1)?.sort).toBe("rating");
  });
  expect(asked().length).toBeGreaterThanOrEqual(4);
  expect(new Set(asked().map(({ event_id }) => event_id)).size).toBe(1);
  expect(signals.count()).toBe(before + 1);
});

test("the URL holds what was chosen, in one step back", async () => {
  await open();
  await choose("Bo");
  expect(screen.getByRole("status").textContent).toBe("3 products");
  const address = () => screen.getByText(/^\?q=/).textContent;
  expect(address()).toBe("?q=mug&brand=Bo");
  fireEvent.click(screen.getByRole("button", { name: "Browser back" }));
  await waitFor(() => {
    expect(titles()[0]).toContain("Any");
  });
  expect(address()).toBe("?q=mug");
  // It is known already: nothing is asked again.
  expect(asked().filter(({ filters }) => !filters.brand)).toHaveLength(1);
});

test("a shared URL is searched as it says, and each chip can be removed", async () => {
  await open("/search?q=mug&brand=Ada&brand=Bo&sort=price_low");
  expect(asked()[0]).toMatchObject({ filters: { brand: ["Ada", "Bo"] }, sort: "price_low" });
  const remove = screen.getByRole("button", { name: "Remove Ada" });
  remove.focus();
  fireEvent.click(remove);
  await waitFor(() => {
    expect(asked().at(-1)?.filters).toEqual({ brand: ["Bo"] });
  });
  expect(screen.getByRole("list", { name: "Understood" })).toHaveFocus();
});

test("a recent search that is forgotten leaves the focus among the others", async () => {
  for (const words of ["mug", "tent"]) recent.remember(words);
  await open("/search", () => screen.findByText("Recent searches"));
  const remove = screen.getByRole("button", { name: "Remove mug" });
  remove.focus();
  fireEvent.click(remove);
  await waitFor(() => {
    expect(screen.getByRole("list")).toHaveFocus();
  });
  recent.forget("tent");
});

test("a sheet that is closed changes nothing", async () => {
  await open();
  fireEvent.click(screen.getByRole("button", { name: "Filters" }));
  fireEvent.click(within(screen.getByRole("dialog")).getByLabelText(/Ada/));
  fireEvent.click(screen.getByRole("button", { name: "Close" }));
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(screen.getByText(/^\?q=/).textContent).toBe("?q=mug");
});

test("a choice that cannot be counted says so, and can be tried again or taken back", async () => {
  await open();
  fireEvent.click(screen.getByRole("button", { name: "Brand" }));
  const sheet = within(screen.getByRole("dialog"));
  call.mockRejectedValueOnce(new Error("offline"));
  fireEvent.click(sheet.getByLabelText(/Ada/));
  await sheet.findByText("The search did not answer.");
  // No number is promised, and no other than the choice is shown.
  expect(sheet.getByRole("button", { name: "Show products" })).toBeVisible();
  expect(sheet.getByLabelText(/Ada/)).toBeChecked();
  expect(sheet.getByLabelText(/Bo/)).not.toBeChecked();
  fireEvent.click(sheet.getByRole("button", { name: "Try again" }));
  expect(await sheet.findByRole("button", { name: "Show 3 products" })).toBeVisible();
  expect(sheet.queryByText("The search did not answer.")).toBeNull();

  call.mockRejectedValueOnce(failed("functions/resource-exhausted"));
  fireEvent.click(sheet.getByLabelText(/Bo/));
  await sheet.findByText(/^That was a lot at once/);
  fireEvent.click(sheet.getByLabelText(/Bo/));
  expect(await sheet.findByRole("button", { name: "Show 3 products" })).toBeVisible();
});

test("a search that fails says why, and can be tried again", async () => {
  call.mockRejectedValueOnce(failed("functions/resource-exhausted"));
  await open("/search?q=mug", () => screen.findByText(/^That was a lot at once/));
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findAllByTestId("search-product")).toHaveLength(2);
});

test("the button waits for its page, and keeps the focus meanwhile", async () => {
  await open();
  const more = screen.getByRole("button", { name: "Show more" });
  more.focus();
  call.mockReturnValue(new Promise(() => undefined));
  fireEvent.click(more);
  await waitFor(() => {
    expect(more).toHaveAttribute("aria-disabled", "true");
  });
  expect(more).toBeEnabled();
  fireEvent.click(more);
  expect(asked()).toHaveLength(2);
});

test("a page that does not come can be asked for again", async () => {
  await open();
  call.mockImplementationOnce(() => Promise.reject(new Error("offline")));
  fireEvent.click(screen.getByRole("button", { name: "Show more" }));
  await screen.findByText("The next products could not be loaded.");
  expect(titles()).toHaveLength(2);
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => {
    expect(titles()).toHaveLength(3);
  });
});

test("a corrected search says so, and the words as typed are one tap away", async () => {
  await open("/search?q=mgu");
  screen.getByText("mug", { selector: "strong" });
  fireEvent.click(screen.getByRole("button", { name: "Search instead for “mgu”" }));
  await screen.findByText("Nothing here is called “mgu”. These come closest.");
  expect(asked().map(({ verbatim }) => verbatim)).toEqual([false, true]);
  // What the query means now is for the next cards to know as well.
  expect(asked()[0]?.event_id).not.toBe(asked()[1]?.event_id);
  expect(screen.queryByText("mug", { selector: "strong" })).toBeNull();
});

const tab = (name: string) => screen.getByRole("tab", { name });
const selected = () =>
  screen.getAllByRole("tab", { selected: true }).map(({ textContent }) => textContent);

test("tabs go by arrow keys, and the address holds the one that is open", async () => {
  await open("/search?q=blue+mug");
  const before = asked().length;
  const address = () => screen.getByText(/^\?q=/).textContent;
  expect(selected()).toEqual(["Top"]);
  expect(screen.getByRole("tabpanel", { name: "Top" })).toBeDefined();
  expect(screen.getByText("Glazing day")).toBeDefined();
  for (const [key, name, parameters] of [
    ["ArrowRight", "Clips", "?q=blue+mug&tab=clips"],
    ["ArrowRight", "Shop", "?q=blue+mug&tab=shop"],
    ["ArrowRight", "Top", "?q=blue+mug"],
    ["ArrowLeft", "Shop", "?q=blue+mug&tab=shop"],
    ["Home", "Top", "?q=blue+mug"],
    ["End", "Shop", "?q=blue+mug&tab=shop"],
  ] as const) {
    fireEvent.keyDown(
      document.activeElement?.role === "tab" ? document.activeElement : tab("Top"),
      {
        key,
      },
    );
    expect(selected()).toEqual([name]);
    expect(document.activeElement).toBe(tab(name));
    expect(address()).toBe(parameters);
  }
  // Only one of them is in the way of the Tab key.
  expect(screen.getAllByRole("tab").map((each) => each.tabIndex)).toEqual([-1, -1, 0]);
  expect(screen.queryByText("Glazing day")).toBeNull();
  expect(asked()).toHaveLength(before);
});

test("from right to left, the arrows turn around", async () => {
  document.dir = "rtl";
  try {
    await open();
    for (const [key, name] of [
      ["ArrowLeft", "Clips"],
      ["ArrowRight", "Top"],
    ] as const) {
      fireEvent.keyDown(tab("Top"), { key });
      expect(selected()).toEqual([name]);
    }
  } finally {
    document.dir = "";
  }
});

test("a shared tab is open, and stays open while filters change", async () => {
  await open("/search?q=blue+mug&tab=shop");
  expect(selected()).toEqual(["Shop"]);
  await choose("Bo");
  expect(selected()).toEqual(["Shop"]);
  expect(screen.getByText(/^\?q=/).textContent).toBe("?q=blue+mug&tab=shop&brand=Bo");
});

test("a clip says what it is and how it is liked, and opens the feed where it stands", async () => {
  await open("/search?q=blue+mug");
  fireEvent.click(tab("Clips"));
  const clip = screen.getByRole("link", { name: /Glazing day/ });
  expect(clip.textContent).toContain("1.2K likes");
  expect(clip.getAttribute("href")).toBe("/?clip=c1");
  expect(screen.queryByTestId("search-product")).toBeNull();
});

test("a tab without clips says so, and leads to the products", async () => {
  await open("/search?q=mug");
  fireEvent.click(tab("Clips"));
  expect(screen.getByText("No clips about “mug”.")).toBeDefined();
  fireEvent.click(screen.getByRole("button", { name: "Show 5 products" }));
  expect(tab("Shop")).toHaveAttribute("aria-selected", "true");
  expect(await screen.findAllByTestId("search-product")).toHaveLength(2);
});

test("where only clips are found, no filters are blamed that nobody chose", async () => {
  const passes = "Nothing passes these filters.";
  await open("/search?q=glazing", () => screen.findByText(/Nothing found for “glazing”/));
  expect(screen.getByText("Glazing day")).toBeVisible();
  expect(screen.queryByText(passes)).toBeNull();
  expect(screen.queryByRole("button", { name: "Clear all" })).toBeNull();
  cleanup();
  await open("/search?q=glazing&rating=4", () => screen.findByText(passes));
  expect(screen.queryByText(/Nothing found/)).toBeNull();
  expect(screen.getByRole("button", { name: "Clear all" })).toBeVisible();
});

test("what was set aside is named as the language writes it", async () => {
  const relaxed = vi.spyOn(strings, "relaxed");
  call.mockImplementation((_: string, request: Request) =>
    Promise.resolve({ ...answer(request), relaxed: ["colour", "brand"] }),
  );
  await open();
  expect(relaxed).toHaveBeenLastCalledWith("Colour, Brand");
  expect(screen.getByText(/this was set aside: colour, brand\.$/)).toBeVisible();
});

test("where nothing is found, what many look for is one tap away", async () => {
  const suggestions = { release: "r", entries: [["mug", "query", 9]] };
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json(suggestions)));
  try {
    await open("/search?q=nothing", () => screen.findByText(/Nothing found for “nothing”/));
    fireEvent.click(await screen.findByRole("button", { name: "mug" }));
    expect(await screen.findAllByTestId("search-product")).toHaveLength(2);
    expect(screen.getByText(/^\?q=/).textContent).toBe("?q=mug");
  } finally {
    vi.unstubAllGlobals();
  }
});
