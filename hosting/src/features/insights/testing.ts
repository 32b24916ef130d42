/** What tests of insights make their data of. */

import type { Counts, InsightsDay, InsightsResponse } from "../../lib/api";

export function counts(some: Partial<Counts>): Counts {
  return { impressions: 0, clicks: 0, add_to_cart: 0, purchases: 0, revenue: {}, ...some };
}

export function aDay(day: string, facts: Partial<InsightsDay>): InsightsDay {
  return {
    day,
    counted_at: `${day}T12:00:00Z`,
    searches: 0,
    cards: counts({}),
    elsewhere: counts({}),
    groups: {},
    products: 0,
    products_shown: 0,
    new_impressions: 0,
    unpriced: 0,
    functions: [],
    ...facts,
  };
}

export function insightsOf(some: Partial<InsightsResponse>): InsightsResponse {
  return { days: [], functions: [], unanswered: [], releases: [], ...some };
}
