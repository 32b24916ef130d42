/** What the tests of this page stand on. */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type RenderResult, render } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";
import type { HeldItem, MyInterestsResponse } from "../../lib/api";

/** Render as the app does: with a query client and an address. */
export function shown(children: ReactNode, address = "/you"): RenderResult {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <QueryClientProvider client={client}>
      <MemoryRouter initialEntries={[address]}>{children}</MemoryRouter>
    </QueryClientProvider>,
  );
}

/** A search that is held, known by its words. */
export function aSearch(query: string, share: number | null = 0.5): HeldItem {
  const at = new Date().toISOString();
  return { item_id: query, about: { code: "searched", params: { query } }, at, share };
}

export function held(facts: Partial<MyInterestsResponse> = {}): MyInterestsResponse {
  return { personalised: true, recent: [], lasting: [], rejected: [], ...facts };
}
