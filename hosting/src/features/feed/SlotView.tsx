import { type ReactNode, memo } from "react";
import type { FeedClip } from "../../lib/api";
import { strings } from "../../lib/strings";
import { ClipView } from "./ClipView";
import styles from "./Feed.module.css";
import type { Slot } from "./slots";

export interface SlotContent {
  muted: boolean;
  onMuted: (muted: boolean) => void;
  onPlaying: () => void;
  renderCard: (slot: { slotKey: string; current: boolean }) => ReactNode;
  renderPill: (clip: FeedClip, current: boolean) => ReactNode;
}

interface Props {
  slot: Slot;
  place: number;
  current: boolean;
  ahead: boolean;
  /** None: the slot is too far away to be mounted, and only keeps its place. */
  content: SlotContent | null;
}

/** A screenful of the feed: a clip or a card. */
export const SlotView = memo(function SlotView({ slot, place, current, ahead, content }: Props) {
  return (
    <article
      className={`${styles.slot} ${slot.kind === "clip" ? styles.clip : ""}`}
      data-place={place}
      data-current={current}
      data-testid={slot.kind === "card" ? "shop-card" : "clip"}
      aria-label={slot.kind === "card" ? strings.shopCard : slot.clip.caption}
      aria-posinset={place + 1}
      aria-setsize={-1}
      inert={!current}
    >
      {content &&
        (slot.kind === "card" ? (
          content.renderCard({ slotKey: slot.key, current })
        ) : (
          <ClipView
            clip={slot.clip}
            current={current}
            ahead={ahead}
            muted={content.muted}
            onMuted={content.onMuted}
            onPlaying={content.onPlaying}
            pill={content.renderPill(slot.clip, current)}
          />
        ))}
    </article>
  );
});
