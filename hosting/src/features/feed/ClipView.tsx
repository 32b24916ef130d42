import {
  type MouseEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useEffectEvent,
  useRef,
  useState,
} from "react";
import { Icon } from "../../components/Icon";
import { LinkSheet } from "../../components/LinkSheet";
import type { FeedClip } from "../../lib/api";
import { useKeys } from "../../lib/keys";
import { likes, mark } from "../../lib/marks";
import { keepClip } from "../../lib/offline";
import { log } from "../../lib/queue";
import { share } from "../../lib/share";
import { strings } from "../../lib/strings";
import { useVisible } from "../../lib/useVisible";
import { ClipActions } from "./ClipActions";
import styles from "./ClipView.module.css";
import { useTaps } from "./useTaps";

/** A swipe has come to rest by then: to begin a clip within it costs three frames a second. */
const SETTLED_MS = 150;
const WATCHED_MS = 2000;
const NOTICE_MS = 2500;
const HEART_MS = 800;

interface Props {
  clip: FeedClip;
  current: boolean;
  /** Whether to load it before it is the current one. */
  ahead: boolean;
  muted: boolean;
  onMuted: (muted: boolean) => void;
  onPlaying: () => void;
  /** What can be bought of it. */
  pill: ReactNode;
}

interface Heart {
  key: number;
  x: number;
  y: number;
}

/** A clip: plays while it is the current slot; a tap pauses it, a double tap likes it. */
export function ClipView({ clip, current, ahead, muted, onMuted, onPlaying, pill }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const progress = useRef<HTMLDivElement>(null);
  const [paused, setPaused] = useState(false);
  const [hearts, setHearts] = useState<Heart[]>([]);
  const [notice, setNotice] = useState("");
  const [uncopied, setUncopied] = useState(false);

  const play = () => {
    const element = video.current;
    element?.play().catch((error: unknown) => {
      // When it fails otherwise, the poster stands for the clip.
      if ((error as Error).name !== "NotAllowedError") return;
      // Refused until the shopper asks for it: by the browser, or by a phone that saves power; or
      // only its sound, which iOS allows of a clip that was itself tapped.
      if (element.muted) setPaused(true);
      else {
        element.muted = true;
        onMuted(true);
        play();
      }
    });
  };
  const onSettled = useEffectEvent(() => {
    if (!paused) play();
  });
  const visible = useVisible();
  useEffect(() => {
    const element = video.current;
    if (!current || !visible) return;
    const timer = setTimeout(onSettled, SETTLED_MS);
    return () => {
      clearTimeout(timer);
      element?.pause();
    };
  }, [current, visible]);

  const watched = useRef(false);
  useEffect(() => {
    // Once each time that it is the current one, however often the page is hidden meanwhile.
    if (!current) watched.current = false;
    if (!current || !visible || watched.current) return;
    const timer = setTimeout(() => {
      watched.current = true;
      log({ type: "view_clip", clip_id: clip.clip_id });
      // A clip of another origin may not be kept; it is seen again online only.
      keepClip(clip.video_url).catch(() => undefined);
    }, WATCHED_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [current, visible, clip.clip_id, clip.video_url]);

  const toggle = () => {
    setPaused(!paused);
    if (paused) play();
    else video.current?.pause();
  };
  const onDouble = ({ clientX, clientY, currentTarget, timeStamp }: MouseEvent) => {
    mark(likes, clip.clip_id, true);
    const box = currentTarget.getBoundingClientRect();
    setHearts([...hearts, { key: timeStamp, x: clientX - box.left, y: clientY - box.top }]);
    setTimeout(() => {
      setHearts((shown) => shown.filter(({ key }) => key !== timeStamp));
    }, HEART_MS);
  };
  const onTap = useTaps({ onSingle: toggle, onDouble });
  const address = `${location.origin}/?clip=${encodeURIComponent(clip.clip_id)}`;
  const onShare = useCallback(() => {
    void share(clip.caption, address).then((how) => {
      setUncopied(how === "failed");
      setNotice(how === "copied" ? strings.linkCopied : "");
      setTimeout(setNotice, NOTICE_MS, "");
    });
  }, [clip.caption, address]);
  useKeys(
    {
      " ": toggle,
      l: () => {
        mark(likes, clip.clip_id, !likes.get().includes(clip.clip_id));
      },
    },
    current,
  );
  const showProgress = () => {
    const { currentTime = 0, duration = 1 } = video.current ?? {};
    progress.current?.style.setProperty("scale", `${currentTime / (duration || 1)} 1`);
  };

  return (
    <div className={styles.clip}>
      {/* Below the video, which is see-through until its first picture is there. */}
      <img
        src={clip.poster_url}
        alt=""
        width="540"
        height="960"
        fetchPriority={current ? "high" : "low"}
      />
      <video
        ref={video}
        src={clip.video_url}
        muted={muted}
        loop
        playsInline
        preload={current || ahead ? "auto" : "none"}
        onPlaying={onPlaying}
        onPlay={() => {
          setPaused(false);
        }}
        onPause={() => {
          // By the system, if not by the shopper; not by a swipe, after which it is another's turn,
          // nor while the shopper is elsewhere.
          if (current && visible) setPaused(true);
        }}
        onTimeUpdate={showProgress}
      />
      <button
        type="button"
        className={styles.tap}
        aria-label={paused ? strings.play : strings.pause}
        onClick={onTap}
      >
        {paused && <Icon name="play" size={72} />}
        {hearts.map(({ key, x, y }) => (
          <span key={key} className={styles.heart} style={{ left: x, top: y }}>
            <Icon name="heart" size={96} />
          </span>
        ))}
      </button>
      <div className={styles.words}>
        {pill}
        <strong data-testid="creator">{clip.creator}</strong>
        <p>{clip.caption}</p>
      </div>
      <ClipActions clip={clip} muted={muted} onMuted={onMuted} onShare={onShare} />
      <p role="status" className={styles.notice}>
        {notice}
      </p>
      {uncopied && (
        <LinkSheet
          address={address}
          onClose={() => {
            setUncopied(false);
          }}
        />
      )}
      <div ref={progress} className={styles.progress} />
    </div>
  );
}
