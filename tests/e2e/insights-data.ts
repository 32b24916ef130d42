/** Insights of a shop that has been running for a while: the same each time. */

import type { Page } from "@playwright/test";

const DAY_MS = 86_400_000;
const LAST = Date.UTC(2026, 2, 31);
const SOURCES = {
  semantic: 0.34,
  neighbours: 0.2,
  popular: 0.16,
  clip: 0.14,
  clip_rail: 0.1,
  explore: 0.06,
};
const REASONS = { searched: 0.4, viewed: 0.3, popular: 0.2, watched: 0.1 };
const RELEASES = [
  "20260329-031500-5c1e9a2b",
  "20260322-031500-a07d44f1",
  "20260315-031500-19be6c33",
];

/** Counts of so many impressions, of which so many in a thousand are clicked. */
function counts(impressions: number, clicked: number) {
  const clicks = Math.round((impressions * clicked) / 1000);
  return {
    impressions,
    clicks,
    add_to_cart: Math.round(clicks * 0.3),
    purchases: Math.round(clicks * 0.12),
    revenue: { USD: Math.round(clicks * 0.12 * 38) },
  };
}

function groups(impressions: number, parts: Record<string, number>, week: number) {
  return Object.entries(parts).map(([name, part], place) => ({
    name,
    ...counts(Math.round(impressions * part), 62 - place * 7 + week),
  }));
}

function figures(place: number) {
  return [
    {
      name: "recommend",
      calls: 5210 + place,
      refused: 12,
      errors: 0,
      p50: 20,
      p95: 50 + 25 * (place % 3),
      p99: 200,
    },
    {
      name: "search",
      calls: 1830 + place,
      refused: 9,
      errors: 4,
      p50: 50,
      p95: 100 + 50 * (place % 2),
      p99: 300,
    },
    { name: "log_events", calls: 9120 + place, refused: 3, errors: 0, p50: 10, p95: 20, p99: 50 },
  ];
}

function aDay(place: number, of: number) {
  const at = LAST - (of - 1 - place) * DAY_MS;
  const weekend = [0, 6].includes(new Date(at).getUTCDay());
  const impressions = 4200 + 60 * place + (weekend ? 1900 : 0);
  const week = Math.floor(place / 7);
  return {
    day: new Date(at).toISOString().slice(0, 10),
    counted_at: new Date(at + DAY_MS).toISOString(),
    searches: Math.round(impressions / 9),
    cards: counts(impressions, 52 + week),
    elsewhere: counts(Math.round(impressions * 0.24), 20),
    groups: {
      source: groups(impressions, SOURCES, week),
      reason: groups(impressions, REASONS, week),
      variant: groups(impressions, { default: 0.5, "ranking/b": 0.5 }, week),
      release: groups(impressions, { [RELEASES[0] ?? ""]: 0.7, [RELEASES[1] ?? ""]: 0.3 }, week),
    },
    products: 4918,
    products_shown: 1480 + 14 * place,
    new_impressions: Math.round(impressions * 0.08),
    unpriced: 0,
    functions: figures(place),
  };
}

const releases = RELEASES.map((version, place) => ({
  version,
  created_at: "2026-03-29T03:15:00Z",
  published_at: new Date(LAST - (2 + 7 * place) * DAY_MS).toISOString(),
  current: place === 0,
  counts: { products: 4918 - 20 * place },
  evaluation: { "ndcg@10": 0.612 - place / 100, "recall@100": 0.871 },
}));

const unanswered = [
  { query: "flux capacitor", why: "nothing", count: 41, last_at: "2026-03-31T09:12:00Z" },
  { query: "gold ring under $5", why: "relaxed", count: 17, last_at: "2026-03-30T18:40:00Z" },
  {
    query: "left-handed ukulele strings for children",
    why: "nearest_only",
    count: 9,
    last_at: "2026-03-28T07:05:00Z",
  },
];

/** From now on the function answers with these; returns how often it was asked. */
export async function fillInsights(page: Page): Promise<() => number> {
  let asked = 0;
  await page.route("**/europe-west1/insights", async (route) => {
    asked += 1;
    const { data } = route.request().postDataJSON() as { data: { days: number } };
    const days = Array.from({ length: data.days }, (_, place) => aDay(place, data.days));
    await route.fulfill({
      headers: { "access-control-allow-origin": "*" },
      json: { result: { days, functions: figures(0), unanswered, releases } },
    });
  });
  return () => asked;
}
