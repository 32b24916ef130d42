import { Feed } from "../features/feed/Feed";
import { ShopCard } from "../features/shop-card/ShopCard";

/** The feed of clips, with shop cards in the slots that the feed keeps for them. */
export function HomePage() {
  return <Feed renderCard={(slot) => <ShopCard {...slot} />} />;
}
