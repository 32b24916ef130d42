import type { CardSlot, ClipSlot } from "../features/feed/Feed";
import { Feed } from "../features/feed/Feed";
import type { Tab } from "../features/feed/feed-context";
import { ClipRail, ShopPill } from "../features/shop-card/ClipProducts";
import { ShopCard } from "../features/shop-card/ShopCard";
import { strings } from "../lib/strings";
import { useTitle } from "../lib/title";

const card = (slot: CardSlot) => <ShopCard {...slot} />;
const pill = (slot: ClipSlot) => <ShopPill {...slot} />;
const rail = (slot: ClipSlot) => <ClipRail {...slot} />;

/** The feed of clips, with shop cards in the slots that the feed keeps for them. */
export function HomePage({ tab }: { tab: Tab }) {
  useTitle(tab === "following" ? strings.following : strings.forYou);
  return <Feed key={tab} tab={tab} renderCard={card} renderPill={pill} renderRail={rail} />;
}
