/** The API as functions/shopfyp/api.py defines it; its names are kept. */

export interface Product {
  product_id: string;
  /** What is the same product but for its colour or size shares it; empty for none. */
  group_id: string;
  title: string;
  description: string;
  brand: string;
  category: string[];
  price: number | null;
  list_price: number | null;
  currency: string;
  rating: number | null;
  rating_count: number;
  /** Ratings with one star, two, and so on; empty if unknown. */
  rating_histogram: number[];
  sold_count: number;
  in_stock: boolean;
  published_at?: string | null;
  image_url: string;
  /** Further pictures. */
  image_urls: string[];
  attributes: Record<string, string | number | boolean | string[]>;
}

export interface Clip {
  clip_id: string;
  creator: string;
  caption: string;
  topic: string;
  video_url: string;
  poster_url: string;
  duration_s: number;
  like_count: number;
  product_ids: string[];
}

/** A clip in the feed, with the products seen in it that can be bought. */
export interface FeedClip extends Clip {
  products: Product[];
}

/** `/feed.json` */
export interface FeedResponse {
  release: string;
  clips: FeedClip[];
}

export interface Reason {
  code: string;
  params: Record<string, string>;
}

export interface ScoredProduct {
  product: Product;
  score: number;
  sources: string[];
}

/** A product on a card, and how likely it was to be there. */
export type OfferedProduct = ScoredProduct & { propensity: number };

export interface Card {
  card_id: string;
  reason: Reason;
  source: string;
  products: OfferedProduct[];
}

export type SlotName =
  | "budget"
  | "recipient"
  | "age"
  | "gender"
  | "size"
  | "colour"
  | "brand"
  | "theme"
  | "material"
  | "occasion"
  | "exclusion"
  | "quantity"
  | "condition"
  | "sort";

/** One thing understood of a query; `text` are the query's own words for it. */
export interface UnderstoodSlot {
  slot: SlotName;
  values: string[];
  low: number | null;
  high: number | null;
  start: number;
  end: number;
  text: string;
}

export type Sort = "relevance" | "price_low" | "price_high" | "rating" | "newest" | "popular";

/** Numbers from low to high, both included. */
export interface Range {
  low?: number | null;
  high?: number | null;
}

/** What products must be: any of the values of each filter. */
export interface Filters {
  category?: string[][];
  brand?: string[];
  price?: Range & { currency?: string };
  /** The least one. */
  rating?: number;
  colour?: string[];
  /** In years. */
  age?: Range;
}

export type FacetName = keyof Filters;

/** One thing to filter by, and how many products pass with it. */
export interface FacetValue {
  /** Of a category; else the one name; empty for numbers. */
  path: string[];
  low: number | null;
  high: number | null;
  count: number;
  selected: boolean;
}

/** The values of one filter; counts heed the other filters, and not this one. */
export interface Facet {
  name: FacetName;
  values: FacetValue[];
  /** Of prices. */
  low: number | null;
  high: number | null;
  currency: string | null;
}

export interface SearchResponse {
  release: string;
  query: string;
  /** The query that was answered, where words of it were misspelled. */
  corrected: string | null;
  understood: UnderstoodSlot[];
  /** Constraints dropped, as nothing would have been left. */
  relaxed: SlotName[];
  /** No product holds a word of the query: these come nearest in meaning. */
  nearest_only: boolean;
  /** Products found, 1,000 at the most. */
  total: number;
  products: ScoredProduct[];
  next_page_token: string | null;
  /** On the first page; so are clips. */
  facets: Facet[] | null;
  clips: Clip[];
}

export interface RecommendResponse {
  release: string;
  variant: string;
  cards: Card[];
  empty: "nothing_left" | null;
  personalised: boolean;
}

/** One product of a group, and what tells it from the others: its value of each option. */
export interface Variant {
  product_id: string;
  title: string;
  image_url: string;
  in_stock: boolean;
  options: Record<string, string>;
}

export interface SimilarResponse {
  release: string;
  product: Product;
  /** The product's group, itself among them; empty if it has none. */
  variants: Variant[];
  similar: ScoredProduct[];
  /** What others take with it; none of the similar ones. */
  goes_with: ScoredProduct[];
}

export type SuggestionKind = "query" | "category" | "theme" | "brand" | "combination" | "product";

/** `/suggestions.json`: all there are, the heaviest first. */
export interface SuggestionsResponse {
  release: string;
  entries: [text: string, kind: SuggestionKind, weight: number, product_id?: string][];
}

/** Which offer led to an event: what a card hands over, as far as it is known. */
export interface Offer {
  release?: string;
  variant?: string;
  card_id?: string;
  source?: string;
  /** What the card was there for. */
  reason_code?: string;
}

interface ProductEvent extends Offer {
  type: "impression" | "view_item" | "select_item" | "add_to_cart" | "purchase";
  product_id: string;
  position?: number;
  /** Pieces put into the bag or bought. */
  quantity?: number;
  propensity?: number;
}

/** How far "not interested" goes: the product, or all of its brand or category. */
export type Scope = "product" | "brand" | "category";

interface FeedbackEvent {
  type: "not_interested" | "undo_not_interested";
  product_id: string;
  scope: Scope;
}

interface CardEvent {
  type: "view_card";
  card_id: string;
  release: string;
  variant: string;
  dwell_ms: number;
  reason: Reason;
}

interface ClipEvent {
  type: "view_clip";
  clip_id: string;
}

/** What happened, before the queue gives it an id and a time. */
export type Happening = ProductEvent | FeedbackEvent | CardEvent | ClipEvent;

export type ShopEvent = Happening & { event_id: string; at: string };

/** What became of offers. */
export interface Counts {
  impressions: number;
  clicks: number;
  add_to_cart: number;
  purchases: number;
  /** By currency. */
  revenue: Record<string, number>;
}

export type Dimension = "source" | "reason" | "variant" | "release";

/** How one function did; percentiles in milliseconds, null where it was not called. */
export interface FunctionFigures {
  name: string;
  calls: number;
  /** Calls that asked for what cannot be had. */
  refused: number;
  /** Calls that failed by our doing. */
  errors: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

/**
 * One day, in UTC; each dimension of `groups` sums up to `cards`, `source` to more: with what was
 * shown on clips and beside them.
 */
export interface InsightsDay {
  day: string;
  counted_at: string;
  searches: number;
  cards: Counts;
  elsewhere: Counts;
  groups: Partial<Record<Dimension, (Counts & { name: string })[]>>;
  products: number;
  products_shown: number;
  new_impressions: number;
  unpriced: number;
  functions: FunctionFigures[];
}

/** A search that did not get what it asked for. */
export interface UnansweredQuery {
  query: string;
  why: "nothing" | "relaxed" | "nearest_only";
  count: number;
  last_at: string;
}

export interface ReleaseFacts {
  version: string;
  created_at: string;
  published_at: string;
  current: boolean;
  counts: Record<string, number>;
  evaluation: Record<string, number>;
}

/** What the operator sees; all but `days` and `functions` is as of now. */
export interface InsightsResponse {
  days: InsightsDay[];
  functions: FunctionFigures[];
  unanswered: UnansweredQuery[];
  releases: ReleaseFacts[];
}

/** One thing that is held on the shopper, and can be removed by its id. */
export interface HeldItem {
  item_id: string;
  about: Reason;
  /** When it was last shown; null when long ago. */
  at: string | null;
  /** Of what decides the next cards; of an interest. */
  share: number | null;
}

export interface MyInterestsResponse {
  personalised: boolean;
  recent: HeldItem[];
  lasting: HeldItem[];
  rejected: HeldItem[];
}

/** What Firebase Authentication keeps of a shopper; without providers they are anonymous. */
export interface SignIn {
  user_id: string;
  anonymous: boolean;
  created_at: string;
  last_at: string | null;
  last_refresh_at: string | null;
  email: string | null;
  email_verified: boolean;
  name: string | null;
  phone: string | null;
  picture_url: string | null;
  providers: {
    provider: string;
    user_id: string;
    email: string | null;
    name: string | null;
    picture_url: string | null;
  }[];
}

export interface ExportMyDataResponse {
  /** On the first page, as the profile is. */
  sign_in: SignIn | null;
  profile: Record<string, unknown> | null;
  events: Record<string, unknown>[];
  next_page_token: string | null;
}
