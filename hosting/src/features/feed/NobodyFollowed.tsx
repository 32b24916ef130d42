import { Message } from "../../components/Message";
import type { FeedClip } from "../../lib/api";
import { follows, mark } from "../../lib/marks";
import { strings } from "../../lib/strings";
import styles from "./Feed.module.css";

const MOST = 5;

/** Before anyone is followed: whom one could follow. */
export function NobodyFollowed({ clips }: { clips: FeedClip[] }) {
  const liked = [...clips].sort((one, other) => other.like_count - one.like_count);
  const creators = [...new Set(liked.map(({ creator }) => creator))].slice(0, MOST);
  return (
    <div className={styles.instead}>
      <Message sign="you">{strings.nobodyFollowed}</Message>
      <ul>
        {creators.map((creator) => (
          <li key={creator}>
            <span>{creator}</span>
            <button
              type="button"
              className="button"
              aria-label={strings.follow(creator)}
              onClick={() => {
                mark(follows, creator, true);
              }}
            >
              {strings.followShort}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
