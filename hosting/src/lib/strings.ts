/** Every text that people read. */

import type { FacetName, Reason, SlotName, Sort } from "./api";

export const strings = {
  appName: "ShopFYP",
  forYou: "For You",
  feed: "Clips and shop cards for you",
  home: "Home",
  search: "Search",
  searchHint: "Search clips and products",
  searchExample: "Try “shoes for my 10-year-old son who likes Ben 10”",
  clearSearch: "Clear the search",
  recentSearches: "Recent searches",
  remove: (what: string) => `Remove ${what}`,
  understood: "Understood",
  restore: "Use all of it again",
  corrected: "Showing results for",
  searchInstead: (query: string) => `Search instead for “${query}”`,
  nearestOnly: (query: string) => `Nothing here is called “${query}”. These come closest.`,
  relaxed: (what: string) => `Nothing was left otherwise, so this was set aside: ${what}.`,
  top: "Top",
  clips: "Clips",
  shop: "Shop",
  bag: "Bag",
  you: "You",
  mute: "Mute",
  unmute: "Unmute",
  play: "Play",
  pause: "Pause",
  like: "Like",
  unlike: "Unlike",
  shopCard: "Shop card",
  addToBag: "Add to bag",
  added: "In your bag",
  notInterested: "Not interested",
  lessLikeThis: "You will see less like this.",
  lessFromBrand: (brand: string) => `You will see less from ${brand}.`,
  lessOfCategory: (category: string) => `You will see less ${category}.`,
  wantLessFromBrand: (brand: string) => `Less from ${brand}`,
  wantLessOfCategory: (category: string) => `Less ${category}`,
  undo: "Undo",
  sold: (n: string) => `${n} sold`,
  rating: (value: string, n: string) => `Rated ${value} of 5 by ${n}`,
  wasPrice: "Before",
  cardLoading: "Finding something for you",
  cardFailed: "The shop did not answer. Keep scrolling, it will be back.",
  cardEmpty: "You have seen all there is for now.",
  feedFailed: "The clips could not be loaded.",
  retry: "Try again",
  back: "Back",
  similar: "You may also like",
  details: "Details",
  outOfStock: "Sold out",
  productMissing: "This product is no longer in the shop.",
  productFailed: "The product could not be loaded.",
  searchFailed: "The search did not answer.",
  noResults: (query: string) => `Nothing found for “${query}”.`,
  noResultsHint: "Try fewer or other words.",
  filters: "Filters",
  filtersChosen: (n: number) => `Filters, ${n} chosen`,
  sortBy: "Sort",
  clearFilters: "Clear all",
  close: "Close",
  found: (n: number) => `${counted(n)} ${n === 1 ? "product" : "products"}`,
  show: (n: number) => `Show ${strings.found(n)}`,
  nothingPasses: "Nothing passes these filters.",
  showAll: (n: number) => `Show all ${n}`,
  showMore: "Show more",
  moreFailed: "The next products could not be loaded.",
  priceFrom: "From",
  priceTo: "To",
  bagEmpty: "Your bag is empty.",
  bagTotal: "Total",
  checkout: "Buy now",
  checkoutNote: "This is a demo: nothing is charged, and nothing will be sent.",
  bought: "Thank you! Nothing was charged.",
  keepWatching: "Keep watching",
  accountAnonymous: "You are signed in without a name or an address.",
  accountKept:
    "Kept about you: what you search, watch, see, open, add and buy here, how long you look at shop cards, and what you are not interested in, for 90 days, and the interests that follow from it. Nothing else, and nothing is shared.",
  browse: "Find something",
};

export const facetNames: Record<FacetName, string> = {
  category: "Category",
  price: "Price",
  brand: "Brand",
  colour: "Colour",
  age: "Age",
  rating: "Rating",
};

/** Ranking goes so deep. */
const MOST_FOUND = 1000;

function counted(n: number): string {
  return n.toLocaleString() + (n >= MOST_FOUND ? "+" : "");
}

export const sortNames: Record<Sort, string> = {
  relevance: "Best match",
  popular: "Most popular",
  rating: "Best rated",
  newest: "Newest",
  price_low: "Price: low to high",
  price_high: "Price: high to low",
};

/** What a slot is about, before its value. */
export const slotNames: Record<SlotName, string> = {
  budget: "Price",
  recipient: "For",
  age: "Age",
  gender: "For",
  size: "Size",
  colour: "Colour",
  brand: "Brand",
  theme: "Theme",
  material: "Material",
  occasion: "Occasion",
  exclusion: "Not",
  quantity: "Number",
  condition: "Condition",
  sort: "Order",
};

/** Values that are codes of ours, in words. */
export const slotValues: Record<string, string> = {
  cheap: "low",
  price_low: "cheapest first",
  price_high: "dearest first",
  rating: "best rated first",
  newest: "newest first",
  popular: "most popular first",
};

export const bounds = {
  both: (low: string, high: string) => `${low} to ${high}`,
  most: (high: string) => `up to ${high}`,
  least: (low: string) => `from ${low}`,
  rated: (low: string) => `${low} and up`,
};

/** A reason is a heading of two lines, or three for a shopper's own long words. */
const TITLE_CHARS = 36;
const QUERY_CHARS = 60;

const reasons: Record<string, (params: Record<string, string>) => string> = {
  searched: ({ query = "" }) => `Because you searched for “${shortened(query, QUERY_CHARS)}”`,
  viewed: ({ title = "" }) => `Because you looked at ${nameIn(title)}`,
  goes_with: ({ title = "" }) => `Goes with the ${nameIn(title)} you looked at`,
  watched: ({ topic = "" }) => `Because you watched ${topic}`,
  popular: ({ category }) => (category ? `Popular in ${category}` : "Popular right now"),
  new: () => "New in the shop",
  explore: () => "Something new for you",
};

/** Why a card is shown, in words. */
export function reasonText(reason: Reason): string {
  return (reasons[reason.code] ?? (() => strings.shopCard))(reason.params);
}

/** The part of a title that names the product; shops put its features behind a comma. */
function nameIn(title: string): string {
  const [name] = title.split(/,(?!\d)/);
  return shortened(name?.trim() || title, TITLE_CHARS);
}

/** A text of at most `most` characters, cut between words where that is possible. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most);
  const end = cut.lastIndexOf(" ");
  return `${cut.slice(0, end > 0 ? end : most - 1)}…`;
}
