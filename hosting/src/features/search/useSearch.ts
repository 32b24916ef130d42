import { type InfiniteData, useInfiniteQuery } from "@tanstack/react-query";
import { useLocation } from "react-router";
import type { ScoredProduct, SearchResponse, SlotName } from "../../lib/api";
import { call } from "../../lib/firebase";
import { signals } from "../../lib/signals";
import type { Choice } from "./filters";

/** What a visit to the page asks for; its filters and pages are one search, another reading is not. */
export interface Asked {
  query: string;
  ignored: SlotName[];
  /** Search for the words as they are spelled. */
  verbatim: boolean;
  choice: Choice;
}

/** What one visit's requests have in common, so that the server counts them once. */
interface Visit {
  event_id: string;
  at: string;
  told: boolean;
}

const visits = new Map<string, Visit>();

/** Where the shopper is: kept while filters change, another for each search. */
export function useVisit(): string {
  const { key, state } = useLocation() as { key: string; state: { visit?: string } | null };
  return state?.visit ?? key;
}

/** Search by the function, which logs the query itself: a strong signal for the next card. */
export function useSearch({ query, ignored, verbatim, choice }: Asked) {
  const visit = useVisit();
  const reading = JSON.stringify([query, ignored, verbatim]);
  return useInfiniteQuery<
    SearchResponse,
    Error,
    InfiniteData<SearchResponse>,
    readonly unknown[],
    string | null
  >({
    queryKey: ["search", visit, query, ignored, verbatim, choice],
    // While other filters are answered, the page stays as it is.
    placeholderData: (before) => (before?.pages[0]?.query === query ? before : undefined),
    initialPageParam: null,
    getNextPageParam: (last) => last.next_page_token,
    queryFn: async ({ pageParam }) => {
      const { event_id, at } = visitOf(visit, reading);
      const found = await call<SearchResponse>("search", {
        query,
        ignore: ignored,
        verbatim,
        ...choice,
        page_token: pageParam,
        event_id,
        at,
      });
      tell(visit, reading);
      return found;
    },
  });
}

/** The products of all pages, each once: a release may be swapped between two. */
export function productsOf(pages: SearchResponse[]): (ScoredProduct & { release: string })[] {
  const seen = new Set<string>();
  return pages
    .flatMap(({ release, products }) => products.map((item) => ({ ...item, release })))
    .filter(({ product: { product_id } }) => !seen.has(product_id) && seen.add(product_id));
}

function visitOf(visit: string, reading: string): Visit {
  const key = `${visit} ${reading}`;
  const known = visits.get(key) ?? {
    event_id: crypto.randomUUID(),
    at: new Date().toISOString(),
    told: false,
  };
  visits.set(key, known);
  return known;
}

/** A search is a strong signal once; looking through its answer is none. */
function tell(visit: string, reading: string) {
  const known = visitOf(visit, reading);
  if (!known.told) signals.raise();
  known.told = true;
}
