/** The API as functions/shopfyp/api.py defines it; its names are kept. */

export interface Product {
  product_id: string;
  title: string;
  description: string;
  brand: string;
  category: string[];
  price: number | null;
  list_price: number | null;
  currency: string;
  rating: number | null;
  rating_count: number;
  sold_count: number;
  in_stock: boolean;
  image_url: string;
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

export interface Reason {
  code: string;
  params: Record<string, string>;
}

export interface ScoredProduct {
  product: Product;
  score: number;
  sources: string[];
}

export interface Card {
  reason: Reason;
  source: string;
  products: ScoredProduct[];
}

export interface SearchResponse {
  release: string;
  query: string;
  products: ScoredProduct[];
  clips: Clip[];
}

export interface RecommendResponse {
  release: string;
  cards: Card[];
}

export interface SimilarResponse {
  release: string;
  product: Product;
  similar: ScoredProduct[];
}

export type ProductEventType =
  "impression" | "view_item" | "select_item" | "add_to_cart" | "purchase" | "not_interested";

/** What happened, before the queue gives it an id and a time. */
export type Happening =
  | { type: ProductEventType; product_id: string; release?: string; source?: string }
  | { type: "view_clip"; clip_id: string };

export type ShopEvent = Happening & { event_id: string; at: string };
