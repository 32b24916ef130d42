import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { Failed } from "../../components/Failed";
import { Icon } from "../../components/Icon";
import type { Clip, FeedResponse } from "../../lib/api";
import { publicFile } from "../../lib/http";
import { mark, saves } from "../../lib/marks";
import { strings } from "../../lib/strings";
import { account } from "../../lib/strings/account";
import styles from "./Account.module.css";
import grid from "./SavedClips.module.css";
import { Section } from "./Section";

/** The clips that the shopper saved, the latest first; those that the feed no longer has are left out. */
export function SavedClips() {
  const saved = saves.use();
  const { data, isError, refetch } = useQuery({
    // The feed's own, which is here already where the shopper comes from there.
    queryKey: ["feed"],
    queryFn: () => publicFile<FeedResponse>("/feed.json"),
  });
  const clips = [...saved]
    .reverse()
    .flatMap((saved_id) => data?.clips.find(({ clip_id }) => clip_id === saved_id) ?? []);
  const none = !saved.length || (data && !clips.length);
  return (
    <Section title={account.saved}>
      {none && <p className={styles.empty}>{account.noSaved}</p>}
      {!none && !data && !isError && <div className={styles.waiting} aria-hidden="true" />}
      {!none && isError && <Failed onRetry={() => void refetch()}>{strings.feedFailed}</Failed>}
      <ul className={grid.clips}>
        {clips.map((clip) => (
          <SavedClip key={clip.clip_id} clip={clip} />
        ))}
      </ul>
    </Section>
  );
}

/** A clip by its poster; it opens the feed where it stands. */
function SavedClip({ clip }: { clip: Clip }) {
  const { clip_id, caption, poster_url } = clip;
  return (
    <li>
      <Link to={`/?clip=${encodeURIComponent(clip_id)}`}>
        <img src={poster_url} alt={caption} width="540" height="960" loading="lazy" />
      </Link>
      <button
        type="button"
        className="icon-button"
        aria-label={strings.remove(caption)}
        onClick={() => {
          mark(saves, clip_id, false);
        }}
      >
        <Icon name="close" size={20} />
      </button>
    </li>
  );
}
