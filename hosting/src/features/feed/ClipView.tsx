import { useEffect, useRef, useState } from "react";
import { Icon } from "../../components/Icon";
import type { Clip } from "../../lib/api";
import { count } from "../../lib/format";
import { log } from "../../lib/queue";
import { localStore } from "../../lib/store";
import { strings } from "../../lib/strings";
import styles from "./ClipView.module.css";

const WATCHED_MS = 2000;
const likes = localStore<string[]>("likes", []);

interface Props {
  clip: Clip;
  current: boolean;
  muted: boolean;
  onMuted: (muted: boolean) => void;
}

/** A clip: plays while it is the current slot, tap to pause. */
export function ClipView({ clip, current, muted, onMuted }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const progress = useRef<HTMLDivElement>(null);
  const [paused, setPaused] = useState(false);
  const liked = likes.use().includes(clip.clip_id);

  useEffect(() => {
    const element = video.current;
    if (!element) return;
    if (current && !paused) {
      // A browser may refuse to play; the poster then stands for the clip.
      element.play().catch(() => undefined);
    } else {
      element.pause();
    }
  }, [current, paused]);

  useEffect(() => {
    if (!current) return;
    const timer = setTimeout(() => {
      log({ type: "view_clip", clip_id: clip.clip_id });
    }, WATCHED_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [current, clip.clip_id]);

  const like = () => {
    const others = likes.get().filter((id) => id !== clip.clip_id);
    likes.set(liked ? others : [...others, clip.clip_id]);
  };
  const showProgress = () => {
    const { currentTime = 0, duration = 1 } = video.current ?? {};
    progress.current?.style.setProperty("scale", `${currentTime / (duration || 1)} 1`);
  };

  return (
    <div className={styles.clip}>
      <video
        ref={video}
        src={clip.video_url}
        poster={clip.poster_url}
        muted={muted}
        loop
        playsInline
        preload="auto"
        onTimeUpdate={showProgress}
      />
      <button
        type="button"
        className={styles.tap}
        aria-label={paused ? strings.play : strings.pause}
        onClick={() => {
          setPaused(!paused);
        }}
      >
        {paused && <Icon name="play" size={72} />}
      </button>
      <div className={styles.words}>
        <strong>{clip.creator}</strong>
        <p>{clip.caption}</p>
      </div>
      <div className={styles.rail}>
        <button
          type="button"
          aria-label={liked ? strings.unlike : strings.like}
          aria-pressed={liked}
          onClick={like}
        >
          <Icon name="heart" size={32} />
          <span aria-hidden="true">{count(clip.like_count + Number(liked))}</span>
        </button>
        <button
          type="button"
          aria-label={muted ? strings.unmute : strings.mute}
          onClick={() => {
            onMuted(!muted);
          }}
        >
          <Icon name={muted ? "muted" : "sound"} size={28} />
        </button>
      </div>
      <div ref={progress} className={styles.progress} />
    </div>
  );
}
