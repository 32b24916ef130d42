import { Feed } from "../features/feed/Feed";
import type { Tab } from "../features/feed/feed-context";
import { ClipRail, ShopPill } from "../features/shop-card/ClipProducts";
import { ShopCard } from "../features/shop-card/ShopCard";
import { strings } from "../lib/strings";
import { useTitle } from "../lib/title";

/** The feed of clips, with shop cards in the slots that the feed keeps for them. */
export function HomePage({ tab }: { tab: Tab }) {
  useTitle(tab === "following" ? strings.following : strings.forYou);
  return (
    <Feed
      key={tab}
      tab={tab}
      renderCard={(slot) => <ShopCard {...slot} />}
      renderPill={(slot) => <ShopPill {...slot} />}
      renderRail={(slot) => <ClipRail {...slot} />}
    />
  );
}
