import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { Link, useSearchParams } from "react-router";
import { Icon } from "../../components/Icon";
import { Failed } from "../../components/Failed";
import type { Clip } from "../../lib/api";
import { documents } from "../../lib/firebase";
import { useSignals } from "../../lib/signals";
import { strings } from "../../lib/strings";
import { ClipView } from "./ClipView";
import { useFeed } from "./feed-context";
import { type Slot, roundOf, startingWith, withCardNext } from "./slots";
import styles from "./Feed.module.css";

/** Content is mounted this far from the current slot, so that no more than five are. */
const NEAR = 2;
/** The next card is asked for this far ahead, so that a swipe never waits. */
const AHEAD = 4;

export interface CardSlot {
  slotKey: string;
  current: boolean;
}

export function Feed({ renderCard }: { renderCard: (slot: CardSlot) => ReactNode }) {
  const feed = useFeed();
  const container = useRef<HTMLDivElement>(null);
  const clips = useQuery({ queryKey: ["clips"], queryFn: () => documents<Clip>("clips") });
  useSlots(clips.data);
  useCurrent(container, feed.slots.length > 0);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, PageDown: 1, ArrowUp: -1, PageUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      scrollTo(container.current, feed.current + step, "smooth");
    } else if (event.key === "m") {
      feed.setMuted(!feed.muted);
    }
  };

  // One card at a time: what it shows follows from what was seen before it.
  const nextCard = feed.slots.findIndex(
    ({ kind }, place) => kind === "card" && place >= feed.current,
  );

  return (
    <div className={styles.frame}>
      <header className={styles.header}>
        <h1>{strings.forYou}</h1>
        <Link to="/search" className={styles.search} aria-label={strings.search}>
          <Icon name="search" size={20} />
          <span>{strings.searchHint}</span>
        </Link>
      </header>
      {clips.isError && <Failed onRetry={() => void clips.refetch()}>{strings.feedFailed}</Failed>}
      <div
        ref={container}
        className={styles.feed}
        role="feed"
        aria-label={strings.feed}
        aria-busy={clips.isPending}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        {feed.slots.map((slot, place) => {
          const near = place - feed.current;
          const asked =
            slot.kind === "clip" || near < 0
              ? Math.abs(near) <= NEAR
              : near <= (place === nextCard ? AHEAD : 0);
          return (
            <article
              key={slot.key}
              className={styles.slot}
              data-place={place}
              data-current={near === 0}
              data-testid={slot.kind === "card" ? "shop-card" : "clip"}
              aria-label={slot.kind === "card" ? strings.shopCard : slot.clip.caption}
              aria-posinset={place + 1}
              aria-setsize={-1}
              inert={near !== 0}
            >
              {asked && content(slot, near === 0, feed.muted, feed.setMuted, renderCard)}
            </article>
          );
        })}
      </div>
    </div>
  );
}

function content(
  slot: Slot,
  current: boolean,
  muted: boolean,
  onMuted: (muted: boolean) => void,
  renderCard: (slot: CardSlot) => ReactNode,
) {
  if (slot.kind === "card") return renderCard({ slotKey: slot.key, current });
  return <ClipView clip={slot.clip} current={current} muted={muted} onMuted={onMuted} />;
}

/** Keep enough slots below the current one, and put a card next after a strong signal. */
function useSlots(clips: Clip[] | undefined) {
  const { slots, setSlots, current, setCurrent, signals, setSignals } = useFeed();
  const raised = useSignals();
  const [parameters, setParameters] = useSearchParams();
  const wanted = parameters.get("clip");

  useEffect(() => {
    if (!clips?.length) return;
    if (wanted) {
      setSlots(roundOf(startingWith(clips, wanted), Date.now()));
      setCurrent(0);
      setParameters({}, { replace: true });
    } else if (current + AHEAD >= slots.length) {
      setSlots([...slots, ...roundOf(clips, slots.length)]);
    }
  }, [clips, wanted, current, slots, setSlots, setCurrent, setParameters]);

  useEffect(() => {
    if (raised === signals || !slots.length) return;
    setSignals(raised);
    setSlots(withCardNext(slots, current, `signal-${raised}`));
  }, [raised, signals, slots, current, setSignals, setSlots]);
}

/** Follow which slot fills the screen, and come back to it when the feed is shown again. */
function useCurrent(container: React.RefObject<HTMLDivElement | null>, ready: boolean) {
  const { current, setCurrent, slots } = useFeed();
  const restored = useRef(false);

  useEffect(() => {
    if (!ready || restored.current) return;
    restored.current = true;
    scrollTo(container.current, current, "instant");
  }, [ready, container, current]);

  useEffect(() => {
    const root = container.current;
    if (!root) return;
    const observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          const place = Number((entry.target as HTMLElement).dataset["place"]);
          if (entry.isIntersecting && restored.current) setCurrent(place);
        }
      },
      { root, threshold: 0.6 },
    );
    for (const slot of root.children) observer.observe(slot);
    return () => {
      observer.disconnect();
    };
  }, [container, slots, setCurrent]);
}

function scrollTo(root: HTMLElement | null, place: number, behavior: ScrollBehavior) {
  root?.scrollTo({ top: place * root.clientHeight, behavior });
}
