import { memo } from "react";
import { Icon } from "../../components/Icon";
import type { Clip } from "../../lib/api";
import { count } from "../../lib/format";
import { follows, likes, mark, saves } from "../../lib/marks";
import { strings } from "../../lib/strings";
import styles from "./ClipActions.module.css";

interface Props {
  clip: Clip;
  muted: boolean;
  onMuted: (muted: boolean) => void;
  onShare: () => void;
}

/** What can be done with a clip: follow its creator, like, save, share, hear it. */
export const ClipActions = memo(function ClipActions(props: Props) {
  const { clip, muted, onMuted, onShare } = props;
  const liked = likes.use().includes(clip.clip_id);
  const saved = saves.use().includes(clip.clip_id);
  const likeCount = count(clip.like_count + Number(liked));
  const followed = follows.use().includes(clip.creator);
  return (
    <div className={styles.actions}>
      <button
        type="button"
        className={styles.creator}
        aria-label={strings.follow(clip.creator)}
        aria-pressed={followed}
        onClick={() => {
          mark(follows, clip.creator, !followed);
        }}
      >
        <span className={styles.avatar} style={{ background: tint(clip.creator) }}>
          {clip.creator.replace("@", "").charAt(0).toUpperCase()}
        </span>
        <span className={styles.sign}>
          <Icon name={followed ? "check" : "plus"} size={14} />
        </span>
      </button>
      <button
        type="button"
        className={styles.like}
        aria-label={`${strings.like} ${likeCount}`}
        aria-pressed={liked}
        onClick={() => {
          mark(likes, clip.clip_id, !liked);
        }}
      >
        <Icon name="heart" size={32} />
        <span aria-hidden="true">{likeCount}</span>
      </button>
      <button
        type="button"
        className={styles.save}
        aria-label={strings.save}
        aria-pressed={saved}
        onClick={() => {
          mark(saves, clip.clip_id, !saved);
        }}
      >
        <Icon name="bookmark" size={28} />
        <span aria-hidden="true">{strings.save}</span>
      </button>
      <button type="button" aria-label={strings.share} onClick={onShare}>
        <Icon name="share" size={28} />
        <span aria-hidden="true">{strings.share}</span>
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
  );
});

/** A colour of a creator's own, as dark as white letters need. */
function tint(creator: string): string {
  const sum = Array.from(creator).reduce((before, letter) => before + letter.charCodeAt(0) * 7, 0);
  return `hsl(${sum % 360} 55% 30%)`;
}
