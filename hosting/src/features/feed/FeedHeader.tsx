import { memo } from "react";
import { Link, NavLink } from "react-router";
import { Icon } from "../../components/Icon";
import { strings } from "../../lib/strings";
import styles from "./FeedHeader.module.css";

interface Props {
  /** What lies below it. */
  over: "clip" | "card" | undefined;
}

/** The two feeds, and the way to the search. */
export const FeedHeader = memo(function FeedHeader({ over }: Props) {
  return (
    <header className={styles.header} data-over={over}>
      <nav aria-label={strings.feeds}>
        <NavLink to="/following" replace>
          {strings.following}
        </NavLink>
        <NavLink to="/" replace end>
          {strings.forYou}
        </NavLink>
      </nav>
      <Link to="/search" className={`icon-button ${styles.search}`} aria-label={strings.search}>
        <Icon name="search" />
      </Link>
    </header>
  );
});
