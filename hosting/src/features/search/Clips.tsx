import { Link } from "react-router";
import { Icon } from "../../components/Icon";
import type { Clip } from "../../lib/api";
import { count } from "../../lib/format";
import { strings } from "../../lib/strings";
import styles from "./Clips.module.css";

const EXPECTED = { rail: 4, grid: 6 };

interface Props {
  /** Undefined until they are known. */
  clips: Clip[] | undefined;
  as: "rail" | "grid";
}

/** Clips by their posters; each opens the feed where it stands. */
export function Clips({ clips, as }: Props) {
  if (clips && !clips.length) return null;
  return (
    <ul className={styles[as]}>
      {/* Room for those to come, so that nothing jumps. */}
      {!clips &&
        Array.from({ length: EXPECTED[as] }, (_, place) => (
          <li key={place} className={styles.soon} aria-hidden="true" />
        ))}
      {clips?.map((clip) => (
        <li key={clip.clip_id}>
          <Link to={`/?clip=${encodeURIComponent(clip.clip_id)}`} className={styles.clip}>
            <img src={clip.poster_url} alt="" width="540" height="960" loading="lazy" />
            <span className={styles.words}>
              <span className={styles.caption}>{clip.caption}</span>
              <span className={styles.facts}>
                <span className={styles.creator}>{clip.creator}</span>
                <span className={styles.likes}>
                  <Icon name="heart" size={14} />
                  <span aria-hidden="true">{count(clip.like_count)}</span>
                  <span className="visually-hidden">{strings.likes(count(clip.like_count))}</span>
                </span>
              </span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
