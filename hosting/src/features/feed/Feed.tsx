import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Failed } from "../../components/Failed";
import type { FeedClip } from "../../lib/api";
import { useKeys } from "../../lib/keys";
import { follows } from "../../lib/marks";
import { strings } from "../../lib/strings";
import { useMedia } from "../../lib/useMedia";
import { FeedHeader } from "./FeedHeader";
import { NobodyFollowed } from "./NobodyFollowed";
import { type SlotContent, SlotView } from "./SlotView";
import { type Tab, useFeed } from "./feed-context";
import { hideFirstClip } from "./first-clip";
import { clipsNear } from "./slots";
import { useClips } from "./useClips";
import { useFollowing } from "./useFollowing";
import { usePlace } from "./usePlace";
import { useBeside, useOneOn, useScrolling, useScrollOn } from "./useScrolling";
import styles from "./Feed.module.css";

/** This many clips are mounted on each side of the current slot, so that no more than five are. */
const NEAR = 2;
/** The next card is asked for this far ahead, so that a swipe never waits. */
const AHEAD = 5;
/** The rail stands beside a feed that leaves it room. */
const WIDE = "(min-width: 900px) and (min-height: 481px)";

const isNear = (ahead: number, reach: number) => ahead >= -NEAR && ahead <= reach;

export interface CardSlot {
  slotKey: string;
  current: boolean;
}

export interface ClipSlot {
  clip: FeedClip;
  current: boolean;
  release: string;
}

interface Props {
  tab: Tab;
  renderCard: (slot: CardSlot) => ReactNode;
  /** What can be bought of a clip: on it, or beside it where there is room. */
  renderPill: (of: ClipSlot) => ReactNode;
  renderRail: (of: ClipSlot) => ReactNode;
}

export function Feed({ tab, renderCard, renderPill, renderRail }: Props) {
  const { muted, setMuted } = useFeed();
  const container = useRef<HTMLDivElement>(null);
  const rail = useRef<HTMLElement>(null);
  const clips = useClips();
  const followed = follows.use();
  const all = clips.data?.clips;
  const shown = useMemo(
    () => (tab === "following" ? all?.filter((c) => followed.includes(c.creator)) : all),
    [tab, all, followed],
  );
  const nobody = shown?.length === 0;
  const failed = clips.isError && !clips.data;
  const { slots, current, setCurrent } = usePlace(tab, shown);
  const around = useFollowing(current);
  // What is far goes in one frame, and what is near comes in another.
  const later = useFollowing(around);
  useScrolling(container, slots, current, setCurrent);
  useBeside(container, rail, slots, current);
  // What comes next is loaded when it no longer takes from what is shown first: once the first
  // clip plays, or the shopper goes on without it.
  const [playing, setPlaying] = useState(false);
  const onPlaying = useCallback(() => {
    setPlaying(true);
  }, []);

  // Elsewhere nothing of it is rendered: what nobody sees is no impression.
  const isWide = useMedia(WIDE);

  // Its own picture stands there now, or something else does.
  const shows = slots.length > 0 || clips.isError;
  useEffect(() => {
    if (shows) hideFirstClip();
    return hideFirstClip;
  }, [shows]);

  const begun = playing || current > 0;
  const swipe = useOneOn(container);
  const go = useScrollOn(container);
  useKeys({
    ArrowDown: () => {
      go(1);
    },
    PageDown: () => {
      go(1);
    },
    ArrowUp: () => {
      go(-1);
    },
    PageUp: () => {
      go(-1);
    },
    m: () => {
      setMuted(!muted);
    },
  });

  // One card at a time: what it shows follows from what was seen before it.
  const nextCard = slots.findIndex(({ kind }, place) => kind === "card" && place >= around);
  const nearClips = [around, later].map((place) => clipsNear(slots, place, NEAR));
  const here = slots[current];
  // What has the colours of the theme, and not those of a clip; when it has come up to the header.
  const under = (slots[around] ?? here)?.kind ?? (isWide ? "card" : undefined);
  const over = nobody || failed ? "card" : under;
  const release = clips.data?.release ?? "";
  // The same from swipe to swipe, so that only slots that change are rendered.
  const content = useMemo<SlotContent>(
    () => ({
      muted,
      onMuted: setMuted,
      onPlaying,
      renderCard,
      // The rail has all that the pill leads to.
      renderPill: (clip, current) => !isWide && renderPill({ clip, current, release }),
    }),
    [muted, setMuted, onPlaying, renderCard, renderPill, release, isWide],
  );

  return (
    <div className={styles.stage}>
      <main className={styles.frame} data-over={over}>
        <FeedHeader over={over} />
        <h1 className="visually-hidden">
          {tab === "following" ? strings.following : strings.forYou}
        </h1>
        {failed && (
          <div className={styles.instead}>
            <Failed whole onRetry={() => void clips.refetch()}>
              {strings.feedFailed}
            </Failed>
          </div>
        )}
        {nobody && <NobodyFollowed clips={all ?? []} />}
        {!nobody && !failed && (
          <div
            ref={container}
            className={styles.feed}
            role="feed"
            aria-label={strings.feed}
            aria-busy={clips.isPending}
            tabIndex={0}
            {...swipe}
          >
            {slots.map((slot, place) => {
              const reach = place === nextCard && begun ? AHEAD : 0;
              const mounted =
                place === current ||
                (slot.kind === "clip"
                  ? nearClips.every((near) => near.includes(slot))
                  : isNear(place - around, reach) && isNear(place - later, reach));
              return (
                <SlotView
                  key={slot.key}
                  slot={slot}
                  place={place}
                  current={place === current}
                  ahead={begun && place > current}
                  content={mounted ? content : null}
                />
              );
            })}
          </div>
        )}
      </main>
      {isWide && here?.kind === "clip" && (
        <aside ref={rail} className={styles.rail}>
          {renderRail({ clip: here.clip, current: true, release })}
        </aside>
      )}
    </div>
  );
}
