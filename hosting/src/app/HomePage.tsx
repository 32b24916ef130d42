import { Feed } from "../features/feed/Feed";
import { ShopCard } from "../features/shop-card/ShopCard";
import { strings } from "../lib/strings";
import { useTitle } from "../lib/title";

/** The feed of clips, with shop cards in the slots that the feed keeps for them. */
export function HomePage() {
  useTitle(strings.forYou);
  return <Feed renderCard={(slot) => <ShopCard {...slot} />} />;
}
